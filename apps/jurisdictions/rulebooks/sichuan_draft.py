"""四川省专业技术人员继续教育基地管理办法（征求意见稿）."""

from __future__ import annotations

from .duties import archive, counted_in, fees, looks_at, open_to_all, particulars
from .facts import MANAGEMENT_SYSTEMS
from .outline import Article
from .periods import Period
from .roads import Announcement, Bar, LowerBases, Review, Road
from .rulebook import Rulebook
from .supervision import AnnualPlan, Inspection, NameUse, ParticularsChange, Provision, Sanction, due_on
from .vocabulary import (
    Preference,
    any_number_of,
    at_least,
    funds_provided,
    holds,
    holds_base,
    never_again,
    no_record,
    one_of,
    practice_site_in_specialised_field,
    registered_within,
    requires_all,
    systems_in_place,
)

# 第八条、第九条、第二十四条: who may be recognised

CONDITIONS = (
    one_of(
        "institution_type",
        types=(
            "university",
            "research_institute",
            "training_provider",
            "association",
            "enterprise",
            "enterprise_group",
        ),
        large_enterprises=True,
        article="9",
        title="单位类型",
        summary="可申请的有高校、科研院所、培训机构、协会（学会）及大中型企业",
    ),
    holds("independent_legal_person", article="8(1)", summary="机构具有独立法人资格"),
    holds("training_qualification", article="8(1)", title="培训资质", summary="具有培训或继续教育的相关资质"),
    registered_within(
        "registered_in_province", prefix="51", place="本省", article="8(1)", title="登记地", summary="机构在省内登记"
    ),
    any_number_of(
        "experience",
        facts=("training_projects_held",),
        for_experts=True,
        article="8",
        title="培训经验",
        summary="培训专业技术人员经验丰富，在本地区、本行业有影响力",
    ),
    any_number_of(
        "faculty",
        facts=("full_time_teachers", "part_time_teachers"),
        for_experts=True,
        article="8(2)",
        title="师资队伍",
        summary="专职和兼职师资稳定、水平高、贴近经济社会发展一线",
    ),
    at_least("full_time_teachers", minimum=8, article="8(2)"),
    at_least("part_time_teachers", minimum=15, article="8(2)"),
    at_least("policy_research_staff", minimum=2, article="8(2)"),
    at_least("online_teaching_staff", minimum=2, article="8(2)"),
    holds("management_body", fact="management_body", article="8(3)", title="管理机构", summary="设有健全的管理机构"),
    any_number_of(
        "management_staff",
        facts=("full_time_managers",),
        article="8(3)",
        title="管理队伍",
        summary="管理队伍须为专职，兼职人员不计",
    ),
    systems_in_place(
        "management_systems",
        systems=tuple(MANAGEMENT_SYSTEMS),
        article="8(3)",
        title="管理制度",
        summary="教学、考核、科研、登记、经费、后勤、评估、跟踪八项制度健全",
    ),
    funds_provided("matching_funds", article="8(4)", title="配套经费", summary="能为基地建设和日常工作安排配套经费"),
    requires_all(
        "facilities",
        parts={"fixed_classrooms": 1, "teaching_equipment": True, "library_materials": True},
        section="facilities",
        article="8(4)",
        title="场地设备",
        summary="固定教室、教学设备和专业图书资料与培训任务相适应",
    ),
    practice_site_in_specialised_field(
        "practice_site", article="8(4)", title="实训条件", summary="专业性强的领域另须有实训场所或实训合作单位"
    ),
    requires_all(
        "remote_education",
        parts={"remote_equipment": True, "training_platform": ("running",), "online_interaction": True},
        section="remote_education",
        article="8(5)",
        title="远程教育",
        summary="有网络培训的设施设备，平台已建成，能网上培训和互动",
    ),
    at_least(
        "annual_trainees",
        minimum=2000,
        base_level="provincial",
        article="8(6)",
        title="培训规模",
        summary="省级基地一年培训专业技术人才至少2000名，按人计；其他级别未设下限",
    ),
    no_record(
        "credit_record",
        fact="credit_violations",
        article="8(7)",
        title="社会信用",
        summary="没有违法、失信、重大经济纠纷的记录",
    ),
    no_record(
        "training_record",
        fact="training_violations",
        article="8(7)",
        title="办学记录",
        summary="没有乱办班、乱收费、乱发证的记录",
    ),
    never_again(
        "reapplication_bar",
        jurisdiction="sichuan",
        levels=("national", "provincial", "municipal", "regional", "industry"),
        article="24",
        title="不再受理",
        summary="申请中弄虚作假或基地资格被取消过的，全省各级各部门都不再受理",
    ),
)

PREFERENCES = (
    Preference(
        "municipal_or_industry_base",
        "9",
        "已是市（州）级或行业性基地",
        "省级基地优先考虑市（州）级基地，以及省级行业部门的行业性基地",
        ("existing_bases",),
        holds_base(("municipal", "industry"), prefix="51", whole_city=("regional",)),
        base_level="provincial",
        convention="市（州）设立的区域性基地按市（州）级计，以区划代码末两位00识别",
    ),
)

# 第七条、第十条: the road to recognition

ROAD = Road(
    base_name="四川省专业技术人员继续教育基地",
    application_form_title="四川省专业技术人员继续教育基地申报表",
    application_form_article="10(1)",
    application_form_named=True,
    levels=("provincial", "regional", "industry"),
    batch_article="3",
    recommendation=(),
    recommenders=(),
    recommender_rank=None,
    recommender_title=None,
    recommender_title_article=None,
    direct_application=None,
    reapplication_bar=Bar("24", "whole_province", ("fraud", "revocation"), "全省各级、各部门均不再受理，没有期限"),
    submitted_to_article="10(1)",
    review=Review(
        body_label="人力资源社会保障厅组织的评审",
        panel="optional",
        duties=(("examine", "审核"), ("argue", "论证"), ("visit", "考察"), ("review", "评审")),
        article="10(2)",
        summary="由厅组织评审，是否组成专家委员会文本未作要求",
    ),
    publicity=None,
    recognition_article="10(2)",
    announcement=Announcement("10(2)", "公布"),
    plaque=None,
    lower_bases=(
        LowerBases(
            "regional",
            "区域性基地",
            base_name="区域性专业技术人员继续教育基地",
            recognised_by="县级以上人力资源社会保障行政部门",
            article="10(3)",
            filed_with="人力资源社会保障厅",
        ),
        LowerBases(
            "industry",
            "行业性基地",
            base_name="行业性专业技术人员继续教育基地",
            recognised_by="有关行业主管部门",
            article="10(3)",
            filed_with="人力资源社会保障厅",
        ),
    ),
    delegated_service=None,
)

# 第二十条、第二十一条: plans, and the base's name

ANNUAL_PLAN = AnnualPlan(
    article="20",
    title="年度计划审核备案",
    contents=("当年计划执行总结", "下一年度计划"),
    filed_with="批准基地设立的部门",
    deadlines=(
        due_on(
            "plan_filing",
            month=12,
            day=31,
            article="20",
            to=("authority",),
            requires="institution_review",
            summary="经建设单位审核后报批准部门备案",
        ),
    ),
    kept_to=Provision("21", "培训按审核同意的年度计划开展"),
    records=Provision("21", "建档登记，评估课程质量和综合质量"),
    events_outside_plan=None,
    assessment_group=None,
    summary="建设单位自行审核后，报批准设立的部门备案",
)
NAME_USE = NameUse("21", "approved_and_filed", "未审核同意并备案，不得用基地名义办培训")

# 第十五条、第二十一条、第三十一条、第三十二条: training

PUBLIC_BENEFIT = open_to_all(
    "15",
    favours=("old_revolutionary", "minority", "border", "underdeveloped"),
    summary="受委托的公共服务项目不得推辞，公益培训对各方平等开放，向四类地区倾斜",
)
FEES = fees("32", no_raise=True, summary="可按规定适当收费，不得自行提价，收入先用于基地")
CREDIT = counted_in("hours", article="31", summary="在基地的培训按规定计入信息系统的学时")
ARCHIVE = archive("21", "attendance", "course_evaluation", "evaluation", called={"evaluation": "综合质量评估"})

# 第二十二条、第二十三条: inspection and evaluation

INSPECTION = Inspection(
    article="22-1",
    items=looks_at(
        "faculty",
        "facilities",
        "systems",
        "tasks",
        "annual_plan",
        "courseware",
        "credit",
        "public_platform",
        "fee_disclosure",
    ),
    inspector="authority",
    conducted_by=Provision("22-2", "厅负责全省，各地和行业部门负责自己批准的基地"),
    evaluator="authority",
    evaluated_by=Provision("23-1", "厅会同各地和行业部门评估"),
    spot_checks=Provision("22-1", "定期考核之外按需抽查"),
    published_kinds=("regular", "evaluation", "spot_check"),
    published=Provision("22-1", "考核和抽查结果向社会公布"),
    evaluation_published=Provision("23-1", "评估结果向社会公布"),
    use_of_results=Provision("22-1", "结果用于调整、撤销基地和分配下一阶段任务"),
    commendation=Provision("23-2", "评估优秀的宣传经验，资源和任务上倾斜"),
)

# 第二十三条、第二十四条: consequences

SANCTIONS = (
    Sanction(
        "rectification",
        "督促整改",
        "23-2",
        ("evaluation_failed", "spot_check_failed"),
        "批准基地设立的部门",
        None,
        "评估或抽查不合格的，督促整改",
    ),
    Sanction(
        "revocation",
        "取消",
        "23-2",
        ("rectification_failed",),
        "批准基地设立的部门",
        True,
        "限期内整改仍不达标的，由批准设立的部门取消资格",
    ),
    Sanction(
        "accountability",
        "追究责任",
        "24",
        ("plan_filing_violated", "disorderly_classes_fees_certificates"),
        "有关机关",
        None,
        "违反计划备案规定而乱办班、乱收费、乱发证的，追究领导和当事人责任",
    ),
)

# 第三十四条: changes

PARTICULARS_CHANGE = ParticularsChange(
    article="34",
    particulars=particulars("name", "contact", "other"),
    reported_to=("authority",),
    consent_by="批准基地设立的部门",
    filed_with="人力资源社会保障厅",
    published=True,
    summary="先经批准部门同意，再公布，并报厅备案",
)

ARTICLES = (
    Article("1", "制定目的和依据", not_modelled="立法目的，无可计算"),
    Article("2", "基地的定义", not_modelled="定义，无可计算"),
    Article("3", "建设原则，分批建设"),
    Article("4", "厅为综合管理部门"),
    Article("5", "各地和行业可建区域性、行业性基地", not_modelled="授权性规定，程序由第十条第（三）项落实"),
    Article("6", "建设单位的职责", not_modelled="建设单位的日常职责，由人履行"),
    Article("7", "不改变隶属关系，受审批部门指导", not_modelled="管理体制，由人履行"),
    Article("8", "经验与影响"),
    Article("8(1)", "省内登记、资质、独立法人"),
    Article("8(2)", "师资及四类人员人数"),
    Article("8(3)", "机构、专职队伍、制度"),
    Article("8(4)", "经费、设施、实训"),
    Article("8(5)", "远程教育"),
    Article("8(6)", "省级基地年培训人数"),
    Article("8(7)", "信用和办学记录"),
    Article("9", "可申请的单位和优先对象"),
    Article("10(1)", "申报表"),
    Article("10(2)", "省级基地的评审、认定、公布"),
    Article("10(3)", "区域性、行业性基地的认定和备案"),
    Article("11", "守法办学，紧跟前沿", not_modelled="办学要求，由人判断"),
    Article("12", "承担的培训任务", not_modelled="任务方向，无可计算"),
    Article("13", "服务体系和数据库", not_modelled="办学要求，由人判断"),
    Article("14", "服务形式", not_modelled="列举服务形式，无可计算"),
    Article("15", "承担公共服务项目，平等开放并倾斜"),
    Article("16", "鼓励面向社会服务", not_modelled="鼓励性规定"),
    Article("17", "师资和质量建设", not_modelled="办学要求，由人判断"),
    Article("18", "产学研合作", not_modelled="鼓励探索，由人履行"),
    Article("19", "推广网络教学", not_modelled="鼓励性规定；申报时的条件见第八条第（五）项"),
    Article("20", "年度计划的审核和备案"),
    Article("21", "按计划培训，建档评估，基地名义"),
    Article("22-1", "考核、抽查、公布及内容"),
    Article("22-2", "考核的主体"),
    Article("23-1", "评估和公布"),
    Article("23-2", "奖优、整改、取消资格"),
    Article("24", "不再受理；乱办班等行为的责任"),
    Article("25", "招生、考核等禁止行为", not_modelled="行为禁令，是否违反由检查人员认定"),
    Article("26", "培训平台的名称和宣传", not_modelled="名称是否混淆由人判断"),
    Article("27", "平台安全和数据对接", not_modelled="与省厅系统的对接规范，文本未载"),
    Article("28", "厅提供支持"),
    Article("28(1)", "优先承办项目", not_modelled="部门的支持措施，由人履行"),
    Article("28(2)", "提供培训资源", not_modelled="部门的支持措施，由人履行"),
    Article("28(3)", "支持专家参与", not_modelled="对专家的鼓励，由人履行"),
    Article("29", "各地和行业提供支持", not_modelled="部门的支持措施，由人履行"),
    Article("30", "建设单位提供配套经费", not_modelled="未设数额和期限，由人履行；申报时的条件见第八条第（四）项"),
    Article("31", "学时计入信息系统"),
    Article("32", "收费不得自行提高"),
    Article("33", "产学研协作和交流推广", not_modelled="鼓励性规定"),
    Article("34", "信息变更"),
    Article("35", "各地和行业可订配套政策", not_modelled="授权其他部门制定政策"),
    Article("36", "国家级基地参照享受政策", not_modelled="待遇由人落实，无可计算"),
    Article("37", "解释权", not_modelled="解释权归属，无可计算"),
    Article("38", "施行日期（日期空白）"),
)

RULEBOOK = Rulebook(
    key="sichuan_draft",
    jurisdiction="sichuan",
    name="四川省",
    level="provincial",
    division="510000",
    title="四川省专业技术人员继续教育基地管理办法（征求意见稿）",
    document=None,
    issued_by=("四川省人力资源和社会保障厅",),
    authority="四川省人力资源和社会保障厅",
    authority_article="4",
    in_force=Period(start=None, end=None, article="38", draft=True, note="施行日期空白"),
    conditions=CONDITIONS,
    preferences=PREFERENCES,
    road=ROAD,
    annual_plan=ANNUAL_PLAN,
    class_filing=None,
    inspection=INSPECTION,
    sanctions=SANCTIONS,
    name_use=NAME_USE,
    particulars_change=PARTICULARS_CHANGE,
    funding=None,
    funding_note=Provision("28", "只说省厅在经费资助等方面支持基地，没有规定资助的条件、限额、用途和拨付办法"),
    public_benefit=PUBLIC_BENEFIT,
    fees=FEES,
    credit=CREDIT,
    archive=ARCHIVE,
    articles=ARTICLES,
)
