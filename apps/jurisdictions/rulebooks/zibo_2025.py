"""淄博市专业技术人员继续教育基地管理办法, 淄人社发〔2025〕5号."""

from __future__ import annotations

from datetime import date

from .duties import archive, counted_in, fees, looks_at, open_to_all, particulars
from .facts import MANAGEMENT_SYSTEMS
from .outline import Article
from .periods import Period
from .roads import Announcement, DirectApplication, Plaque, RecommendationStage, Recommender, Review, Road
from .rulebook import Rulebook
from .supervision import AnnualPlan, Inspection, NameUse, ParticularsChange, Provision, Sanction, due_on
from .vocabulary import (
    any_number_of,
    at_least,
    funds_provided,
    holds,
    mainly_from,
    practice_site_in_specialised_field,
    requires_all,
    systems_in_place,
)

# 第七条、第八条: who may be recognised

CONDITIONS = (
    mainly_from(
        "institution_type",
        types=(
            "university",
            "research_institute",
            "association",
            "enterprise",
            "enterprise_group",
            "training_provider",
        ),
        article="7",
        title="单位类型",
        summary="遴选以高校、科研院所、协会（学会）、企业和行业培训机构为主，企业不论规模",
    ),
    any_number_of(
        "experience",
        facts=("training_projects_held",),
        for_experts=True,
        article="7",
        title="培训经验",
        summary="培训专业技术人才经验丰富，在本地区、本行业有影响",
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
        parts={"remote_equipment": True, "training_platform": ("running", "planned"), "online_interaction": True},
        section="remote_education",
        article="8(4)",
        title="远程教育",
        summary="有一定规模网络培训的设备设施和建平台的条件，能网上培训和互动",
    ),
    at_least(
        "annual_trainees",
        minimum=500,
        article="8(5)",
        title="培训规模",
        summary="一年培训专业技术人才至少500名，按人计，并逐步提高",
    ),
)

# 第五条、第九条、第十条、第二十五条: the road to recognition

ROAD = Road(
    base_name="淄博市专业技术人员继续教育基地",
    application_form_title="淄博市专业技术人员继续教育基地申报表",
    application_form_article="9(1)",
    application_form_named=False,
    levels=("municipal",),
    batch_article="9",
    recommendation=(
        RecommendationStage(
            code="examination",
            label="主管部门审查",
            by=("competent_department",),
            article="9(1)",
            site_recheck=False,
            signs_opinion=False,
            summary="申报材料先报主管部门审查",
        ),
        RecommendationStage(
            code="recommendation",
            label="复查办学条件并签署推荐意见",
            by=("district_hr", "municipal_department"),
            article="9(2)",
            site_recheck=True,
            signs_opinion=True,
            summary="区县人社部门或市直主管部门审核材料、复查办学条件，同意后签署推荐意见上报",
        ),
    ),
    recommenders=(
        Recommender("competent_department", "主管部门", "9(1)"),
        Recommender("district_hr", "区县人力资源社会保障部门", "9(2)"),
        Recommender("municipal_department", "市直主管部门", "9(2)"),
    ),
    recommender_rank=None,
    recommender_title="管理单位",
    recommender_title_article="5",
    direct_application=DirectApplication(
        ("national", "provincial"), "3703", "25", "本市的国家级、省级基地可以直接申请市级基地"
    ),
    reapplication_bar=None,
    submitted_to_article="9(2)",
    review=Review(
        body_label="专家评审委员会",
        panel="required",
        duties=(("examine", "审核"), ("argue", "论证"), ("visit", "考察"), ("review", "评审")),
        article="9(3)",
        summary="由继续教育、相关领域两方面专家组成委员会，对申报材料逐项评议",
    ),
    publicity=None,
    recognition_article="9(3)",
    announcement=Announcement("10", "统一公布"),
    plaque=Plaque("淄博市专业技术人员继续教育基地", "牌匾", "10"),
    lower_bases=(),
    delegated_service=None,
)

# 第十八条至第二十条: plans, and the base's name

ANNUAL_PLAN = AnnualPlan(
    article="19",
    title="年度计划审核备案",
    contents=("当年任务计划执行总结", "下一年度任务计划"),
    filed_with="市人力资源社会保障局",
    deadlines=(
        due_on(
            "plan_filing",
            month=12,
            day=31,
            article="19",
            to=("authority",),
            requires="managing_unit_consent",
            summary="经管理单位同意后报市局备案",
        ),
    ),
    kept_to=Provision("20", "培训照管理单位同意的年度任务计划进行"),
    records=Provision("20", "培训后建档登记、评估效果"),
    events_outside_plan=None,
    assessment_group=None,
    summary="经管理单位同意后报市局备案",
)
NAME_USE = NameUse("18", "managing_unit_consent", "以基地名义办培训须先得到管理单位同意，建设单位也不例外")

# 第十二条、第二十条、第二十八条、第三十条: training

PUBLIC_BENEFIT = open_to_all("12", summary="受委托的公共服务项目不得推辞，公益培训对各方平等开放")
FEES = fees("28", no_raise=True, no_new_items=True, summary="可按规定收费，不得自行设项或提价，收入先用于基地")
CREDIT = counted_in("hours", article="30", summary="在基地的培训可按规定计入学时")
ARCHIVE = archive("20", "attendance", "evaluation")

# 第二十一条至第二十三条: inspection and evaluation

INSPECTION = Inspection(
    article="21",
    items=looks_at("faculty", "funds", "facilities", "systems", "tasks", "effect_and_follow_up"),
    inspector="managing_unit",
    conducted_by=Provision("21", "由管理单位考核评估"),
    evaluator=None,
    evaluated_by=None,
    spot_checks=Provision("22", "市局不定期抽查"),
    published_kinds=(),
    published=None,
    use_of_results=Provision("22", "结果用于调整、撤销基地和分配下一阶段任务"),
    commendation=Provision("23", "评估优秀的宣传经验，资源和任务上倾斜"),
)

# 第二十三条、第二十四条: consequences

SANCTIONS = (
    Sanction(
        "rectification",
        "责令限期整改",
        "23",
        ("not_following_the_rules", "tasks_not_completed", "teaching_management_substandard"),
        "市人力资源社会保障局",
        None,
        "不按办法办学、完不成任务或教学管理不达标的，限期整改",
    ),
    Sanction(
        "revocation",
        "取消",
        "23",
        ("rectification_failed",),
        "市人力资源社会保障局",
        True,
        "限期内整改仍不达标的，取消基地资格",
    ),
    Sanction(
        "revocation",
        "取消",
        "24",
        ("plan_filing_violated", "disorderly_classes_fees_certificates"),
        "市人力资源社会保障局",
        False,
        "违反计划备案规定而乱办班、乱收费、乱发证的，径行取消，不经整改",
    ),
    Sanction(
        "accountability",
        "追究责任",
        "24",
        ("plan_filing_violated", "disorderly_classes_fees_certificates"),
        "有关机关",
        None,
        "依法追究相关人员责任",
    ),
)

# 第三十一条: changes

PARTICULARS_CHANGE = ParticularsChange(
    article="31",
    particulars=particulars("name", "contact", "other"),
    reported_to=("managing_unit", "authority"),
    consent_by=None,
    filed_with="市人力资源社会保障局",
    published=True,
    summary="变更后及时报管理单位和市局备案并公布",
)

ARTICLES = (
    Article("1", "制定目的和依据", not_modelled="立法目的，无可计算"),
    Article("2", "基地的定义", not_modelled="定义，无可计算"),
    Article("3", "建设原则和方向", not_modelled="原则，无可计算"),
    Article("4", "市局为综合管理部门"),
    Article("5", "推荐单位为管理单位"),
    Article("6", "建设单位的职责", not_modelled="建设单位的日常职责，由人履行"),
    Article("7", "遴选对象、经验与影响"),
    Article("8", "基本条件的总起", not_modelled="总起句，各项另行落实"),
    Article("8(1)", "师资"),
    Article("8(2)", "机构、人员、制度"),
    Article("8(3)", "经费、设施、实训"),
    Article("8(4)", "远程教育"),
    Article("8(5)", "年培训人数"),
    Article("9", "分期分批"),
    Article("9(1)", "如实申报，主管部门审查"),
    Article("9(2)", "审核、复查、推荐意见、上报"),
    Article("9(3)", "专家评审和认定"),
    Article("10", "公布和牌匾"),
    Article("11", "服务形式", not_modelled="列举服务形式，无可计算"),
    Article("12", "承担公共服务项目，平等开放"),
    Article("13", "鼓励面向社会服务", not_modelled="鼓励性规定"),
    Article("14", "师资和质量建设", not_modelled="办学要求，由人判断"),
    Article("15", "产学研合作", not_modelled="鼓励探索，由人履行"),
    Article("16", "推广网络教学", not_modelled="鼓励性规定；申报时的条件见第八条第（四）项"),
    Article("17", "不改变隶属关系，人财物相对独立", not_modelled="管理体制，由人履行"),
    Article("18", "基地名义的使用"),
    Article("19", "年度计划的审核和备案"),
    Article("20", "按计划培训，建档和评估"),
    Article("21", "考核评估的主体和内容"),
    Article("22", "抽查和结果运用"),
    Article("23", "奖优、限期整改、取消资格"),
    Article("24", "乱办班等行为径行取消资格"),
    Article("25", "直接申请"),
    Article("26", "配套经费和支持"),
    Article("27", "承办项目，提供培训资源", not_modelled="部门的支持措施，由人履行"),
    Article("28", "收费不得自行设项或提高"),
    Article("29", "支持专家参与", not_modelled="对专家的鼓励，由人履行"),
    Article("30", "学习情况计入学时"),
    Article("31", "信息变更"),
    Article("32", "解释权", not_modelled="解释权归属，无可计算"),
    Article("33", "施行日期，上位规定优先"),
)

RULEBOOK = Rulebook(
    key="zibo_2025",
    jurisdiction="zibo",
    name="淄博市",
    level="municipal",
    division="370300",
    title="淄博市专业技术人员继续教育基地管理办法",
    document="淄人社发〔2025〕5号",
    issued_by=("淄博市人力资源和社会保障局",),
    authority="淄博市人力资源和社会保障局",
    authority_article="4",
    in_force=Period(start=date(2025, 5, 10), end=None, article="33", note="国家和省有新规定的，以新规定为准"),
    conditions=CONDITIONS,
    preferences=(),
    road=ROAD,
    annual_plan=ANNUAL_PLAN,
    class_filing=None,
    inspection=INSPECTION,
    sanctions=SANCTIONS,
    name_use=NAME_USE,
    particulars_change=PARTICULARS_CHANGE,
    funding=None,
    funding_note=Provision("26", "建设单位安排经费，管理单位在经费保障等方面支持，没有规定专项经费的资助和拨付办法"),
    public_benefit=PUBLIC_BENEFIT,
    fees=FEES,
    credit=CREDIT,
    archive=ARCHIVE,
    articles=ARTICLES,
)
