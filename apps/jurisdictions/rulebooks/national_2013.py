"""国家级专业技术人员继续教育基地管理办法, 人社厅发〔2013〕53号."""

from __future__ import annotations

from datetime import date

from .duties import archive, counted_in, fees, looks_at, open_to_all, particulars
from .facts import MANAGEMENT_SYSTEMS
from .money import Funding
from .outline import Article
from .periods import Period
from .roads import Announcement, Bar, Plaque, Rank, RecommendationStage, Recommender, Review, Road
from .rulebook import Rulebook
from .supervision import AnnualPlan, Inspection, NameUse, ParticularsChange, Provision, Sanction, due_on
from .vocabulary import (
    Preference,
    any_number_of,
    at_least,
    funds_provided,
    holds,
    holds_base,
    mainly_from,
    never_again,
    practice_site_in_specialised_field,
    requires_all,
    systems_in_place,
)

# 第八条、第九条、第二十九条: who may be recognised

CONDITIONS = (
    mainly_from(
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
        article="9(2)",
        title="单位类型",
        summary="遴选以高校、科研院所、培训机构、协会（学会）及大中型企业为主",
    ),
    any_number_of(
        "experience",
        facts=("training_projects_held",),
        for_experts=True,
        article="8",
        title="培训经验",
        summary="培训专业技术人员经验丰富，在本地区、本行业有影响",
    ),
    any_number_of(
        "faculty",
        facts=("full_time_teachers", "part_time_teachers"),
        for_experts=True,
        article="8(1)",
        title="师资队伍",
        summary="专职或兼职师资稳定、水平高、贴近科研生产一线",
    ),
    holds("management_body", article="8(2)", title="管理机构", summary="继续教育管理机构健全"),
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
        summary="固定教室、教学设备和专业图书资料与培训任务相适应",
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
        minimum=2000,
        article="8(5)",
        title="培训规模",
        summary="一年培训专业技术人才至少2000名，按人计",
    ),
    never_again(
        "reapplication_bar",
        jurisdiction="national",
        levels=("national",),
        anywhere=True,
        article="29",
        title="不再受理",
        summary="申请中弄虚作假，或国家级基地资格被取消过的，不再受理",
    ),
)

PREFERENCES = (
    Preference(
        "regional_or_industry_base",
        "9(2)",
        "已是区域性或行业性基地",
        "优先从地区、部门或行业设立的基地中遴选",
        ("existing_bases",),
        holds_base(("provincial", "municipal", "regional", "industry")),
        convention="省级、市级基地由地区设立，按区域性基地计",
    ),
)

# 第九条、第十条: the road to recognition

ROAD = Road(
    base_name="国家级专业技术人员继续教育基地",
    application_form_title="国家级专业技术人员继续教育基地申报表",
    application_form_article="9(3)",
    application_form_named=True,
    levels=("national",),
    batch_article="9",
    recommendation=(
        RecommendationStage(
            code="recommendation",
            label="推荐单位审核推荐",
            by=("hr_department", "industry_personnel_department"),
            article="9(3)",
            site_recheck=False,
            signs_opinion=True,
            summary="副省（部）级以上的推荐单位审核同意，签署推荐意见后上报",
        ),
    ),
    recommenders=(
        Recommender("hr_department", "地方人力资源社会保障部门", "9(3)"),
        Recommender("industry_personnel_department", "行业主管部门人事部门", "9(3)"),
    ),
    recommender_rank=Rank("deputy_provincial", "9(3)", "副省（部）级以上（含）"),
    recommender_title="管理单位",
    recommender_title_article="5",
    direct_application=None,
    reapplication_bar=Bar("29", "own_bases", ("fraud", "revocation"), "不再受理其认定申请，没有期限"),
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
    announcement=Announcement("10", "统一公布"),
    plaque=Plaque("国家级专业技术人员继续教育基地", "匾牌", "10"),
    lower_bases=(),
    delegated_service=None,
)

# 第二十二条至第二十四条: plans, and the base's name

ANNUAL_PLAN = AnnualPlan(
    article="22",
    title="年度计划审核备案",
    contents=("当年计划执行总结", "下一年度计划"),
    filed_with="人力资源社会保障部",
    deadlines=(
        due_on("plan_review", month=12, day=10, article="22", to=("managing_unit",), summary="先报管理单位审核"),
        due_on(
            "plan_filing",
            month=12,
            day=31,
            article="22",
            to=("authority",),
            requires="managing_unit_approval",
            summary="审核同意后报部备案",
        ),
    ),
    kept_to=Provision("23", "培训按审核同意的年度计划开展"),
    records=Provision("23", "培训后建档登记、评估效果"),
    events_outside_plan=None,
    assessment_group=Provision("13", "专家评估小组提出培训规划和课程设置，报管理单位同意"),
    summary="先经管理单位审核同意，再报部备案",
)
NAME_USE = NameUse("24", "managing_unit_consent", "以基地名义办培训须先得到管理单位同意，建设单位也不例外")

# 第十六条、第二十三条、第三十六条、第三十七条: training

PUBLIC_BENEFIT = open_to_all(
    "16",
    favours=("old_revolutionary", "minority", "border", "poor"),
    summary="受委托的公共服务项目不得推辞，公益培训对各方平等开放，向四类地区倾斜",
)
FEES = fees("37", no_raise=True, summary="可按规定适当收费，不得自行提价，收入先用于基地")
CREDIT = counted_in("hours", article="36", summary="学习情况可记入证书或档案；文本未定单位，本系统约定按学时登记")
ARCHIVE = archive("23", "attendance", "evaluation")

# 第二十五条至第二十七条: inspection and evaluation

INSPECTION = Inspection(
    article="25",
    items=looks_at("faculty", "funds", "facilities", "systems", "tasks", "effect_and_follow_up"),
    inspector="managing_unit",
    conducted_by=Provision("26", "由管理单位检查考核，办法由其制定"),
    evaluator="authority",
    evaluated_by=Provision("27-1", "部会同管理单位定期检查评估"),
    spot_checks=Provision("27-1", "部会同管理单位不定期抽查"),
    published_kinds=("evaluation", "spot_check"),
    published=Provision("27-1", "检查评估和抽查结果向社会公布"),
    use_of_results=Provision("27-1", "结果用于调整、撤销基地和分配下一阶段任务"),
    commendation=Provision("27-2", "评估优秀的宣传经验，资源和任务上倾斜"),
)

# 第二十七条至第二十九条: consequences

SANCTIONS = (
    Sanction(
        "rectification",
        "责令限期整改",
        "27-2",
        ("not_following_the_rules", "tasks_not_completed", "teaching_management_substandard"),
        "人力资源社会保障部",
        None,
        "不按办法办学、完不成任务或教学管理不达标的，限期整改",
    ),
    Sanction(
        "revocation",
        "取消",
        "27-2",
        ("rectification_failed",),
        "人力资源社会保障部",
        True,
        "限期内整改仍不达标的，取消基地资格",
    ),
    Sanction(
        "accountability",
        "追究责任",
        "28",
        ("plan_filing_violated", "disorderly_classes_fees_certificates"),
        "有关机关",
        None,
        "违反计划备案规定而乱办班、乱收费、乱发证的，追究领导和当事人责任",
    ),
)

# 第三十三条、第三十四条: money

FUNDING = Funding(
    article="33",
    source="中央财政专项经费",
    uses=("专家授课", "师资培训", "教材课件开发", "数据库开发", "课题研究"),
    use_codes=("expert_teaching", "teacher_training", "courseware", "database", "research"),
    auditor="managing_unit",
    audited_by="管理单位",
    audited=("使用办法", "使用方案"),
    audit_article="33",
    summary="建设单位订使用办法和方案，管理单位审核，专款专用",
    matching_funds_by=("建设单位", "管理单位"),
    matching_funds_article="34",
)

# 第三十九条: changes

PARTICULARS_CHANGE = ParticularsChange(
    article="39",
    particulars=particulars("name", "contact", "other"),
    reported_to=("authority",),
    consent_by=None,
    filed_with="人力资源社会保障部",
    published=True,
    summary="变更后及时报部备案并公布",
)

ARTICLES = (
    Article("1", "制定目的和依据", not_modelled="立法目的，无可计算"),
    Article("2", "基地的定义", not_modelled="定义，无可计算"),
    Article("3", "建设原则，分批建设和分类管理", not_modelled="原则，具体批次由第九条落实"),
    Article("4", "部为综合管理部门"),
    Article("5", "推荐单位为管理单位"),
    Article("6", "建设单位的职责", not_modelled="建设单位的日常职责，由人履行"),
    Article("7", "不改变隶属关系，人财物相对独立", not_modelled="管理体制，由人履行"),
    Article("8", "经验与影响"),
    Article("8(1)", "师资"),
    Article("8(2)", "机构、人员、制度"),
    Article("8(3)", "经费、设施、实训"),
    Article("8(4)", "远程教育"),
    Article("8(5)", "年培训人数"),
    Article("9", "分期分批"),
    Article("9(1)", "自愿申报", not_modelled="自愿原则；单位自行决定是否申报"),
    Article("9(2)", "遴选对象和优先对象"),
    Article("9(3)", "申报表，推荐单位级别，推荐意见，上报"),
    Article("9(4)", "专家评审和认定"),
    Article("10", "公布和匾牌"),
    Article("11", "守法办学，紧跟前沿", not_modelled="办学要求，由人判断"),
    Article("12", "承担的培训任务", not_modelled="任务方向，无可计算"),
    Article("13", "专家小组提出规划和课程，报管理单位同意"),
    Article("14", "服务质量和培训内容", not_modelled="办学要求，由人判断"),
    Article("15", "服务形式", not_modelled="列举服务形式，无可计算"),
    Article("16", "承担公共服务项目，平等开放并倾斜"),
    Article("17", "鼓励面向社会服务", not_modelled="鼓励性规定"),
    Article("18", "师资和质量建设", not_modelled="办学要求，由人判断"),
    Article("19", "产学研合作", not_modelled="鼓励探索，由人履行"),
    Article("20", "推广网络教学", not_modelled="鼓励性规定；申报时的条件见第八条第（四）项"),
    Article("21", "国际交流", not_modelled="鼓励性规定"),
    Article("22", "年度计划的审核和备案"),
    Article("23", "按计划培训，建档和评估"),
    Article("24", "基地名义的使用"),
    Article("25", "检查考核的内容"),
    Article("26", "检查考核的主体"),
    Article("27-1", "评估、抽查、公布和结果运用"),
    Article("27-2", "奖优、限期整改、取消资格"),
    Article("28", "乱办班等行为的责任"),
    Article("29", "不再受理"),
    Article("30", "政策和项目支持", not_modelled="部门的支持措施，由人履行"),
    Article("31", "提供培训资源", not_modelled="部门的支持措施，由人履行"),
    Article("32", "支持专家参与", not_modelled="对专家的鼓励，由人履行"),
    Article("33", "专项经费的用途和审核"),
    Article("34", "配套经费"),
    Article("35", "管理单位的支持", not_modelled="管理单位的支持措施，由人履行"),
    Article("36", "学习情况记入证书或档案"),
    Article("37", "收费不得自行提高"),
    Article("38", "产学研协作和交流推广", not_modelled="鼓励性规定"),
    Article("39", "信息变更"),
    Article("40", "地方和行业可订配套政策", not_modelled="授权其他部门制定政策"),
    Article("41", "军队系统参照执行", not_modelled="军队系统的基地不使用本系统"),
    Article("42", "鼓励建设区域性、行业性基地", not_modelled="鼓励性规定；各地办法另有规则"),
    Article("43", "解释权", not_modelled="解释权归属，无可计算"),
    Article("44", "施行日期"),
)

RULEBOOK = Rulebook(
    key="national_2013",
    jurisdiction="national",
    name="全国",
    level="national",
    division=None,
    title="国家级专业技术人员继续教育基地管理办法",
    document="人社厅发〔2013〕53号",
    issued_by=("人力资源社会保障部办公厅",),
    authority="人力资源社会保障部",
    authority_article="4",
    in_force=Period(
        start=None,
        end=None,
        article="44",
        not_before=date(2013, 1, 1),
        note="自发布之日起施行；文本未载发布日期，仅知为2013年",
    ),
    conditions=CONDITIONS,
    preferences=PREFERENCES,
    road=ROAD,
    annual_plan=ANNUAL_PLAN,
    class_filing=None,
    inspection=INSPECTION,
    sanctions=SANCTIONS,
    name_use=NAME_USE,
    particulars_change=PARTICULARS_CHANGE,
    funding=FUNDING,
    funding_note=None,
    public_benefit=PUBLIC_BENEFIT,
    fees=FEES,
    credit=CREDIT,
    archive=ARCHIVE,
    articles=ARTICLES,
)
