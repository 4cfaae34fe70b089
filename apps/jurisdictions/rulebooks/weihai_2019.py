"""威海市专业技术人员继续教育基地管理办法, 威人社发〔2019〕44号."""

from __future__ import annotations

from datetime import date

from .duties import archive, counted_in, fees, looks_at, particulars
from .outline import Article
from .periods import Period
from .roads import Announcement, Plaque, Publicity, RecommendationStage, Recommender, Review, Road
from .rulebook import Rulebook
from .supervision import (
    AnnualPlan,
    ClassFiling,
    Inspection,
    NameUse,
    ParticularsChange,
    Provision,
    Sanction,
    due_on,
)
from .vocabulary import (
    any_number_of,
    funds_provided,
    holds,
    one_of,
    practice_site_in_specialised_field,
    requires_all,
    systems_in_place,
)

# 第三条、第四条: who may be recognised

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
        article="3",
        title="单位类型",
        summary="高校、科研院所、部门和行业的培训机构、协会（学会）及大中型企业可作基地的依托单位",
    ),
    any_number_of(
        "experience",
        facts=("training_projects_held",),
        for_experts=True,
        article="4(4)",
        title="培训经验",
        summary="办过一系列培训项目，有规模、有经验、能示范",
    ),
    any_number_of(
        "faculty",
        facts=("full_time_teachers", "part_time_teachers"),
        for_experts=True,
        article="4(1)",
        title="师资队伍",
        summary="专职或兼职师资稳定、水平高，跟得上专业新进展",
    ),
    holds("management_body", article="4(2)", title="管理机构", summary="继续教育管理机构健全"),
    any_number_of(
        "management_staff",
        facts=("full_time_managers", "part_time_managers"),
        article="4(2)",
        title="管理人员",
        summary="有专职或兼职人员管理继续教育",
    ),
    systems_in_place(
        "management_systems",
        systems=(
            "teaching_organization",
            "trainee_assessment",
            "training_registration",
            "training_funds",
            "logistics",
            "effect_evaluation",
        ),
        article="4(2)",
        title="管理制度",
        summary="教学、考核、登记、经费、后勤、评估六项制度健全",
    ),
    funds_provided("matching_funds", article="4(3)", title="配套经费", summary="能为基地建设和日常工作安排配套经费"),
    requires_all(
        "facilities",
        parts={"fixed_classrooms": 1, "teaching_equipment": True, "library_materials": True},
        section="facilities",
        article="4(3)",
        title="场地设备",
        summary="教学场所、教学设备和图书资料与培训任务相适应",
    ),
    practice_site_in_specialised_field(
        "practice_site", article="4(3)", title="实训条件", summary="专业性、实践性强的领域另须有实训场所或实训合作单位"
    ),
)

# 第五条、第十四条: the road to recognition

ROAD = Road(
    base_name="威海市专业技术人员继续教育基地",
    application_form_title="威海市专业技术人员继续教育基地申报表",
    application_form_article="5(1)",
    application_form_named=True,
    levels=("municipal",),
    batch_article=None,
    recommendation=(
        RecommendationStage(
            code="recommendation",
            label="推荐单位审核推荐",
            by=("competent_department", "district_hr", "enterprise_or_university"),
            article="5(2)",
            site_recheck=False,
            signs_opinion=True,
            summary="主管部门或区市人社部门审核后择优推荐",
        ),
    ),
    recommenders=(
        Recommender("competent_department", "主管部门（市直部门、单位）", "5(2)"),
        Recommender("district_hr", "区市人力资源和社会保障部门", "5(2)"),
        Recommender("enterprise_or_university", "驻威高校等企事业单位", "14"),
    ),
    recommender_rank=None,
    recommender_title="管理单位",
    recommender_title_article="14",
    direct_application=None,
    reapplication_bar=None,
    submitted_to_article="5(2)",
    review=Review(
        body_label="专家评审委员会",
        panel="required",
        duties=(("review", "综合评审"),),
        article="5(3)",
        summary="由继续教育、相关领域两方面专家组成委员会综合评审",
    ),
    publicity=Publicity(5, "5(3)", "评审结果公示不少于5天"),
    recognition_article="5(4)",
    announcement=Announcement("5(4)", "发文公布"),
    plaque=Plaque("威海市专业技术人员继续教育基地", "匾牌", "5(4)"),
    lower_bases=(),
    delegated_service=None,
)

# 第十六条、第十七条: plans, filing of each project, and the base's name

ANNUAL_PLAN = AnnualPlan(
    article="16",
    title="年度培训计划备案",
    contents=("当年计划执行总结", "下一年度计划"),
    filed_with="市人力资源和社会保障局",
    deadlines=(
        due_on(
            "plan_filing",
            month=12,
            day=31,
            article="16",
            to=("authority",),
            requires="managing_unit_consent",
            summary="经管理单位同意后报市局备案",
        ),
    ),
    kept_to=Provision("17", "培训按备案的年度计划开展"),
    records=Provision("17", "按年度、按项目归档通知、课程、签到、证书和评估材料"),
    events_outside_plan=Provision("16", "计划外的活动可逐项单独报备"),
    assessment_group=None,
    summary="经管理单位同意后报市局备案",
)
CLASS_FILING = ClassFiling(
    article="16",
    working_days=5,
    channel="威海市专业技术人员继续教育服务平台",
    summary="培训项目一般在开班5个工作日前网上备案",
    effect="备案的项目方可作为办班和登记学分的依据",
)
NAME_USE = NameUse("17", "filed", "未备案不得用基地名义办活动")

# 第十六条、第十七条、第二十五条: training

FEES = fees("25", no_raise=True, summary="可按规定适当收费，不得自行提价，收入先用于基地")
CREDIT = counted_in("credits", article="16", summary="备案的项目方可登记学分")
ARCHIVE = archive("17", "notice", "curriculum", "attendance", "certificates", "evaluation")

# 第十八条、第十九条: inspection and evaluation

INSPECTION = Inspection(
    article="18-2",
    items=looks_at("faculty", "funds", "facilities", "systems", "tasks", "effect"),
    inspector="managing_unit",
    conducted_by=Provision("18-1", "由管理单位检查考核，办法由其制定"),
    evaluator="authority",
    evaluated_by=Provision("19-1", "市局会同管理单位综合评估"),
    spot_checks=Provision("19-1", "市局会同管理单位抽查"),
    published_kinds=(),
    published=None,
    use_of_results=Provision("19-1", "结果用于调整、撤销基地和分配下一阶段任务"),
    commendation=Provision("19-2", "成绩突出的宣传经验，支持承办项目"),
)

# 第十九条、第二十条: consequences

SANCTIONS = (
    Sanction(
        "rectification",
        "责令限期整改",
        "19-2",
        ("not_following_the_rules", "tasks_not_completed", "teaching_management_substandard"),
        "市人力资源和社会保障局",
        None,
        "不按办法办学、完不成任务或教学管理不达标的，限期整改",
    ),
    Sanction(
        "revocation",
        "撤销",
        "19-2",
        ("rectification_failed",),
        "市人力资源和社会保障局",
        True,
        "限期内整改仍不达标的，撤销基地资格",
    ),
    Sanction(
        "revocation",
        "撤销",
        "20",
        ("disorderly_classes_fees_certificates",),
        "市人力资源和社会保障局",
        False,
        "管理不当而乱办班、乱收费、乱发证的，径行撤销，不经整改",
    ),
    Sanction(
        "credit_record",
        "失信记录",
        "20",
        ("disorderly_classes_fees_certificates",),
        "市人力资源和社会保障局",
        None,
        "违规行为记为失信信息，纳入社会信用体系",
    ),
    Sanction(
        "accountability",
        "追究责任",
        "20",
        ("disorderly_classes_fees_certificates",),
        "有关机关",
        None,
        "按规定追究相关人员责任",
    ),
)

# 第二十七条: changes

PARTICULARS_CHANGE = ParticularsChange(
    article="27",
    particulars=particulars("name", "affiliation", "contact", "other"),
    reported_to=("authority",),
    consent_by=None,
    filed_with=None,
    published=False,
    summary="变更后及时报告市局",
)

ARTICLES = (
    Article("1", "制定目的和依据", not_modelled="立法目的，无可计算"),
    Article("2", "基地的定义", not_modelled="定义，无可计算"),
    Article("3", "建设原则和依托单位"),
    Article("4", "影响力", not_modelled="有无影响力由专家结合第四条第（四）项判断，文本未设标准"),
    Article("4(1)", "师资"),
    Article("4(2)", "机构、人员、制度"),
    Article("4(3)", "经费、设施、实训"),
    Article("4(4)", "培训经验"),
    Article("5", "自愿申报", not_modelled="自愿原则；单位自行决定是否申报"),
    Article("5(1)", "申请和申报表"),
    Article("5(2)", "审核和推荐"),
    Article("5(3)", "综合评审和公示"),
    Article("5(4)", "发文公布和匾牌"),
    Article("6", "守法办学，服务质量", not_modelled="办学要求，由人判断"),
    Article("7", "课程体系，专家参与规划", not_modelled="基地内部工作，由人履行"),
    Article("8", "师资和质量建设", not_modelled="办学要求，由人判断"),
    Article("9", "推广网络教学", not_modelled="鼓励性规定，申报时无此条件"),
    Article("10", "服务形式", not_modelled="列举服务形式，无可计算"),
    Article("11", "产学研合作", not_modelled="鼓励探索，由人履行"),
    Article("12", "国内外交流", not_modelled="鼓励性规定"),
    Article("13", "市局为综合管理部门"),
    Article("14", "推荐单位为管理单位"),
    Article("15", "建设单位的职责", not_modelled="建设单位的日常职责，由人履行"),
    Article("16", "年度计划备案、一事一报、开班前备案"),
    Article("17", "按计划培训，建档，基地名义"),
    Article("18-1", "检查考核的主体"),
    Article("18-2", "检查考核的内容"),
    Article("19-1", "综合评估、抽查和结果运用"),
    Article("19-2", "奖优、限期整改、撤销资格"),
    Article("20", "乱办班等行为径行撤销并记入信用"),
    Article("21", "继续教育经费列入预算", not_modelled="各部门的预算义务，由人履行"),
    Article("22", "管理单位的支持"),
    Article("23", "支持专家参与", not_modelled="对专家的鼓励，由人履行"),
    Article("24", "学习情况记入档案", not_modelled="个人学习档案的使用，不在基地管理之内"),
    Article("25", "收费不得自行提高"),
    Article("26", "产学研协作", not_modelled="鼓励性规定"),
    Article("27", "信息变更"),
    Article("28", "解释权", not_modelled="解释权归属，无可计算"),
    Article("29", "施行日期和有效期"),
)

RULEBOOK = Rulebook(
    key="weihai_2019",
    jurisdiction="weihai",
    name="威海市",
    level="municipal",
    division="371000",
    title="威海市专业技术人员继续教育基地管理办法",
    document="威人社发〔2019〕44号",
    issued_by=("威海市人力资源和社会保障局",),
    authority="威海市人力资源和社会保障局",
    authority_article="13",
    in_force=Period(
        start=date(2019, 12, 18),
        end=date(2024, 12, 17),
        article="29",
        note="有效期五年，期满失效；延期以市人力资源和社会保障局文件为准",
    ),
    conditions=CONDITIONS,
    preferences=(),
    road=ROAD,
    annual_plan=ANNUAL_PLAN,
    class_filing=CLASS_FILING,
    inspection=INSPECTION,
    sanctions=SANCTIONS,
    name_use=NAME_USE,
    particulars_change=PARTICULARS_CHANGE,
    funding=None,
    funding_note=Provision("22", "只说管理单位在经费保障等方面支持基地，没有规定专项经费的资助和拨付办法"),
    public_benefit=None,
    fees=FEES,
    credit=CREDIT,
    archive=ARCHIVE,
    articles=ARTICLES,
)
