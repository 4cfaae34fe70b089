"""上海市专业技术人员继续教育基地管理办法, 沪人社专〔2020〕216号."""

from __future__ import annotations

from datetime import date

from .duties import archive, counted_in, fees, looks_at, open_to_all, particulars
from .facts import MANAGEMENT_SYSTEMS
from .money import Funding, TrancheScheme, forbidden, tranche
from .outline import Article
from .periods import Period
from .roads import Announcement, Bar, DelegatedService, RecommendationStage, Recommender, Review, Road
from .rulebook import Rulebook
from .supervision import AnnualPlan, Inspection, ParticularsChange, Provision, Sanction, due_on
from .vocabulary import (
    Preference,
    any_number_of,
    at_least,
    funds_provided,
    holds,
    mainly_from,
    never_again,
    practice_site_in_specialised_field,
    requires_all,
    systems_in_place,
    years_of,
)

# 第八条、第九条、第二十五条: who may be recognised

CONDITIONS = (
    mainly_from(
        "institution_type",
        types=(
            "university",
            "enterprise_group",
            "research_institute",
            "training_provider",
            "association",
            "other_social_organization",
        ),
        article="9(2)",
        title="单位类型",
        summary="遴选以高校、企业集团、科研院所、培训机构和协会等社会组织为主",
    ),
    any_number_of(
        "experience",
        facts=("training_projects_held",),
        for_experts=True,
        article="8",
        title="培训经验",
        summary="培训专业技术人员经验丰富，在本行业、本区域有影响",
    ),
    any_number_of(
        "faculty",
        facts=("full_time_teachers", "part_time_teachers"),
        for_experts=True,
        article="8(1)",
        title="师资队伍",
        summary="专职或兼职师资稳定、水平高、贴近科研生产一线",
    ),
    holds(
        "faculty_conduct",
        fact="faculty_conduct_pledge",
        article="8(1)",
        title="师资政治要求",
        summary="对专职和兼职师资的政治与言行要求已作承诺",
    ),
    holds("management_body", article="8(2)", title="管理组织", summary="继续教育管理组织健全"),
    any_number_of(
        "management_staff",
        facts=("full_time_managers", "part_time_managers"),
        article="8(2)",
        title="管理人员",
        summary="有专职或兼职人员管理继续教育",
    ),
    systems_in_place(
        "management_systems",
        systems=tuple(MANAGEMENT_SYSTEMS),
        article="8(2)",
        title="管理制度",
        summary="教学、考核、科研、登记、经费、后勤、评估、跟踪八项制度健全",
    ),
    funds_provided("matching_funds", article="8(3)", title="配套经费", summary="能为基地建设和日常工作安排配套经费"),
    requires_all(
        "facilities",
        parts={"fixed_classrooms": 1, "teaching_equipment": True, "library_materials": True},
        section="facilities",
        article="8(3)",
        title="场地设备",
        summary="固定教学场地、教学设备和专业图书资料与培训任务相适应",
    ),
    practice_site_in_specialised_field(
        "practice_site", article="8(3)", title="实训条件", summary="专业性强的领域另须有实训场所或实训合作单位"
    ),
    requires_all(
        "remote_education",
        parts={"remote_equipment": True, "training_platform": ("running",), "online_interaction": True},
        section="remote_education",
        article="8(4)",
        title="远程教育",
        summary="有大规模网络培训的设备设施，平台已建成，能网上培训和互动",
    ),
    at_least(
        "annual_trainees",
        fact="annual_attendances",
        minimum=1500,
        article="8(5)",
        title="培训规模",
        summary="一年培训专业技术人才至少1500人次，按参加次数计",
    ),
    never_again(
        "reapplication_bar",
        jurisdiction="shanghai",
        levels=("provincial", "municipal"),
        article="25",
        title="不再受理",
        summary="申请中弄虚作假，或市级基地资格被取消过的，不再受理",
    ),
)

PREFERENCES = (
    Preference(
        "knowledge_renewal",
        "9(2)",
        "长期承办知识更新项目",
        "优先从长期承办知识更新项目的单位中遴选",
        ("knowledge_renewal_years",),
        years_of("knowledge_renewal_years", 3),
        convention="办法未说明何为长期，本系统约定满3年",
    ),
)

# 第四条、第五条、第九条、第十条: the road to recognition

ROAD = Road(
    base_name="上海市专业技术人员继续教育基地",
    application_form_title="上海市专业技术人员继续教育基地申报表",
    application_form_article="9(3)",
    application_form_named=True,
    levels=("provincial",),
    batch_article="9(1)",
    recommendation=(
        RecommendationStage(
            code="recommendation",
            label="指导单位推荐",
            by=("municipal_department", "district_hr"),
            article="9(3)",
            site_recheck=False,
            signs_opinion=True,
            summary="区人力资源社会保障局或市属行业主管部门推荐上报",
        ),
    ),
    recommenders=(
        Recommender("municipal_department", "市属行业主管部门", "9(3)"),
        Recommender("district_hr", "区人力资源社会保障局", "9(3)"),
    ),
    recommender_rank=None,
    recommender_title="指导单位",
    recommender_title_article="5",
    direct_application=None,
    reapplication_bar=Bar("25", "own_bases", ("fraud", "revocation"), "不再受理其认定申请，没有期限"),
    submitted_to_article="9(3)",
    review=Review(
        body_label="专家评审委员会",
        panel="required",
        duties=(("examine", "审核"), ("argue", "论证"), ("visit", "考察"), ("review", "评审")),
        article="9(4)",
        summary="由继续教育、相关领域两方面专家组成委员会，对申报材料逐项评议",
    ),
    publicity=None,
    recognition_article="9(4)",
    announcement=Announcement("10", "公布"),
    plaque=None,
    lower_bases=(),
    delegated_service=DelegatedService("4", "专业（行业）协会", "受市局委托承担基地的服务管理，不作决定"),
)

# 第二十条、第二十一条: plans

ANNUAL_PLAN = AnnualPlan(
    article="20",
    title="年度计划备案",
    contents=("当年计划执行总结", "下一年度计划"),
    filed_with="市人力资源社会保障局",
    deadlines=(
        due_on(
            "plan_filing",
            month=12,
            day=31,
            article="20",
            to=("managing_unit", "authority"),
            summary="报指导单位和市局备案",
        ),
    ),
    kept_to=Provision("21", "培训按备案的年度计划开展"),
    records=Provision("21", "培训后建档登记、评估效果"),
    events_outside_plan=None,
    assessment_group=None,
    summary="同时报指导单位和市局备案，无须事先审核",
)

# 第十六条、第二十一条、第三十条、第三十一条: training

PUBLIC_BENEFIT = open_to_all(
    "16",
    favours=("private_enterprises", "grassroots", "major_projects"),
    summary="受委托的公共服务项目不得推辞，公益培训对各方平等开放，向三类单位倾斜",
)
FEES = fees("31", not_for_profit=True, summary="不以盈利为目的，收支平衡，可按规定适当收费，收入先用于基地")
CREDIT = counted_in("hours", article="30", summary="在基地的培训可计入个人学时")
ARCHIVE = archive("21", "attendance", "evaluation")

# 第二十二条、第二十三条: inspection and evaluation

INSPECTION = Inspection(
    article="22",
    items=looks_at("faculty", "funds", "facilities", "systems", "tasks", "effect_and_follow_up"),
    inspector="commissioned",
    conducted_by=Provision("23-1", "市局会同指导单位委托有关部门检查考核"),
    evaluator="authority",
    evaluated_by=Provision("23-1", "在检查考核基础上定期检查评估"),
    spot_checks=Provision("23-1", "不定期抽查"),
    published_kinds=("evaluation", "spot_check"),
    published=Provision("23-1", "检查评估和抽查结果向社会公布"),
    use_of_results=Provision("23-1", "结果用于调整、撤销基地和分配下一阶段任务"),
    commendation=Provision("23-2", "评估优秀的宣传经验，资源和任务上倾斜"),
)

# 第二十三条至第二十五条: consequences

SANCTIONS = (
    Sanction(
        "rectification",
        "责令限期整改",
        "23-2",
        ("not_following_the_rules", "tasks_not_completed", "teaching_management_substandard"),
        "市人力资源社会保障局",
        None,
        "不按办法办学、完不成任务或教学管理不达标的，限期整改",
    ),
    Sanction(
        "revocation",
        "取消",
        "23-2",
        ("rectification_failed",),
        "市人力资源社会保障局",
        True,
        "限期内整改仍不达标的，取消基地资格",
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

# 第三十二条至第三十七条: money

FUNDING = Funding(
    article="32",
    source="市级财政专项经费",
    uses=("场所设施设备", "培养培训项目", "培训体系建设", "经财政部门批准的其他支出"),
    use_codes=("facilities", "training_projects", "system_building", "other_approved"),
    auditor="authority",
    audited_by="提供资助资金的单位",
    audited=("使用方案", "绩效计划"),
    audit_article="36",
    summary="经专家评审后给予资助，每个项目周期原则上不超过500万元",
    matching_funds_by=("建设单位", "指导单位"),
    matching_funds_article="33",
    scheme=TrancheScheme(
        scheme="沪人社专〔2020〕216号",
        cap_fen=500_000_000,
        cap_article="32",
        paid_under="37",
        uses=(
            tranche("facilities", article="34(1)", terms="advance_then_acceptance", advance_percent=50),
            tranche("training_projects", article="34(2)", terms="after_acceptance"),
            tranche("system_building", article="34(3)", terms="after_acceptance"),
            tranche("other_approved", article="34(4)", terms="by_agreement", needs_finance_approval=True),
        ),
        forbidden=(
            *forbidden("35(1)", "capital_construction", "repair_renovation"),
            *forbidden("35(2)", "wages_welfare"),
            *forbidden("35(3)", "travel_abroad", "official_vehicles", "official_reception"),
            *forbidden("35(4)", "unrelated"),
        ),
    ),
    supervision=Provision("37", "资助单位可委托第三方监管"),
)

# 第三十八条: changes

PARTICULARS_CHANGE = ParticularsChange(
    article="38",
    particulars=particulars("name", "contact", "other"),
    reported_to=("authority",),
    consent_by=None,
    filed_with="市人力资源社会保障局",
    published=True,
    summary="变更后及时报市局备案并公布",
)

ARTICLES = (
    Article("1", "制定目的和依据", not_modelled="立法目的，无可计算"),
    Article("2-1", "基地的定义", not_modelled="定义，无可计算"),
    Article("2-2", "产学研用合作", not_modelled="办学要求，由人判断"),
    Article("2-3", "国内国际交流", not_modelled="办学要求，由人判断"),
    Article("3", "建设原则，分批建设和分类管理", not_modelled="原则，具体批次由第九条第（一）项落实"),
    Article("4", "市局为综合管理部门，可委托协会服务"),
    Article("5", "推荐单位为指导单位"),
    Article("6", "建设单位的职责", not_modelled="建设单位的日常职责，由人履行"),
    Article("7", "不改变隶属关系，人财物相对独立", not_modelled="管理体制，由人履行"),
    Article("8", "经验与影响"),
    Article("8(1)", "师资及其政治要求"),
    Article("8(2)", "组织、人员、制度"),
    Article("8(3)", "经费、设施、实训"),
    Article("8(4)", "远程教育"),
    Article("8(5)", "年培训人次"),
    Article("9(1)", "分期分批，自愿申报"),
    Article("9(2)", "遴选对象和优先对象"),
    Article("9(3)", "申报表，推荐，上报"),
    Article("9(4)", "专家评审和认定"),
    Article("10", "公布"),
    Article("11", "守法办学，紧跟前沿", not_modelled="办学要求，由人判断"),
    Article("12", "承担的培训任务", not_modelled="任务方向，无可计算"),
    Article("13", "专家小组制定规划和课程", not_modelled="基地内部工作，由人履行"),
    Article("14", "服务质量和培训内容", not_modelled="办学要求，由人判断"),
    Article("15", "服务形式", not_modelled="列举服务形式，无可计算"),
    Article("16", "承担公共服务项目，平等开放并倾斜"),
    Article("17", "鼓励面向社会服务", not_modelled="鼓励性规定"),
    Article("18", "师资和质量建设", not_modelled="办学要求，由人判断"),
    Article("19", "推广网络教学", not_modelled="鼓励性规定；申报时的条件见第八条第（四）项"),
    Article("20", "年度计划备案"),
    Article("21", "按计划培训，建档和评估"),
    Article("22", "检查考核的内容"),
    Article("23-1", "考核、评估、抽查、公布和结果运用"),
    Article("23-2", "奖优、限期整改、取消资格"),
    Article("24", "乱办班等行为的责任"),
    Article("25", "不再受理"),
    Article("26", "政策和项目支持", not_modelled="部门的支持措施，由人履行"),
    Article("27", "提供培训资源", not_modelled="部门的支持措施，由人履行"),
    Article("28", "支持专家参与", not_modelled="对专家的鼓励，由人履行"),
    Article("29", "指导单位的支持", not_modelled="指导单位的支持措施，由人履行"),
    Article("30", "学习情况计入个人学时"),
    Article("31", "不以盈利为目的，收费"),
    Article("32", "资助及其上限"),
    Article("33", "配套经费"),
    Article("34(1)", "设施设备支出"),
    Article("34(2)", "培训项目支出"),
    Article("34(3)", "体系建设支出"),
    Article("34(4)", "批准的其他支出"),
    Article("35(1)", "不得用于基本建设和维修改造"),
    Article("35(2)", "不得用于工资福利"),
    Article("35(3)", "不得用于出国、公车、接待"),
    Article("35(4)", "不得用于无关支出"),
    Article("36", "使用方案和绩效计划的审核"),
    Article("37", "监管和分期提取"),
    Article("38", "信息变更"),
    Article("39", "鼓励部门和区订扶持政策", not_modelled="鼓励性规定"),
    Article("40", "解释权", not_modelled="解释权归属，无可计算"),
    Article("41", "施行日期"),
)

RULEBOOK = Rulebook(
    key="shanghai_2020",
    jurisdiction="shanghai",
    name="上海市",
    level="provincial",
    division="310000",
    title="上海市专业技术人员继续教育基地管理办法",
    document="沪人社专〔2020〕216号",
    issued_by=("上海市人力资源和社会保障局", "上海市财政局"),
    authority="上海市人力资源和社会保障局",
    authority_article="4",
    in_force=Period(start=date(2020, 6, 2), end=None, article="41", note="自印发之日起施行"),
    term_note="文本未载有效期，现行效力以市人力资源社会保障局确认为准",
    conditions=CONDITIONS,
    preferences=PREFERENCES,
    road=ROAD,
    annual_plan=ANNUAL_PLAN,
    class_filing=None,
    inspection=INSPECTION,
    sanctions=SANCTIONS,
    name_use=None,
    particulars_change=PARTICULARS_CHANGE,
    funding=FUNDING,
    funding_note=None,
    public_benefit=PUBLIC_BENEFIT,
    fees=FEES,
    credit=CREDIT,
    archive=ARCHIVE,
    articles=ARTICLES,
)
