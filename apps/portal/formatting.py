"""Figures, dates and time limits as people in an office read them. Pure functions; time zone is the portal's own."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone


def format_fen(amount: int) -> str:
    """Write an amount of integer fen in yuan with thousands separators: 123456 becomes ¥1,234.56."""
    sign = "-" if amount < 0 else ""
    yuan, fen = divmod(abs(amount), 100)
    return f"{sign}¥{yuan:,}.{fen:02d}"


def local_date(moment: dt.date | dt.datetime) -> dt.date:
    """Return the calendar day of `moment` in the portal's time zone; a plain date stays as it is."""
    if isinstance(moment, dt.datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment


def day_that_ends(due: dt.date | dt.datetime) -> dt.date | dt.datetime:
    """The day that `due` closes where it is midnight, for 24:00 of the 5th is the 5th; any other instant as it is."""
    if isinstance(due, dt.datetime):
        local = timezone.localtime(due) if timezone.is_aware(due) else due
        if local.time() == dt.time():
            return local.date() - dt.timedelta(days=1)
    return due


def format_date(moment: dt.date | dt.datetime) -> str:
    """Write a day as 2026年3月2日, without padding."""
    day = local_date(moment)
    return f"{day.year}年{day.month}月{day.day}日"


def format_datetime(moment: dt.datetime) -> str:
    """Write an instant as 2026年3月2日 09:05 in the portal's time zone."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{format_date(local)} {local:%H:%M}"


def format_file_size(size: int) -> str:
    """Write a number of bytes as B, KB, MB or GB with one decimal from KB on."""
    if size < 1024:
        return f"{size} B"
    value = float(size)
    for unit in ("KB", "MB", "GB"):
        value /= 1024
        if value < 1024 or unit == "GB":
            break
    return f"{value:.1f} {unit}"


@dataclass(frozen=True)
class TimeLeft:
    """What remains of a time limit: its words, its tone (see `badge`) and its icon."""

    text: str
    tone: str
    icon: str


def time_left(due: dt.date | dt.datetime, now: dt.datetime, *, paused: bool = False, met: bool = False) -> TimeLeft:
    """Say how many calendar days remain until `due`, which runs to the end of its day when it is a plain date.

    A limit of three days or fewer is urgent. A paused or a met limit says so instead of counting.
    """
    if met:
        return TimeLeft("已办结", "success", "check-circle")
    if paused:
        return TimeLeft("已暂停计时", "neutral", "pause-circle")
    days = (local_date(due) - local_date(now)).days
    overdue = due < now if isinstance(due, dt.datetime) else days < 0
    if overdue:
        return TimeLeft(f"已逾期 {-days} 天" if days < 0 else "今日已逾期", "danger", "exclamation-octagon")
    if days == 0:
        return TimeLeft("今日截止", "danger", "alarm")
    return TimeLeft(f"还剩 {days} 天", "warning" if days <= 3 else "info", "clock")
