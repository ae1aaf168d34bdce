"""Records what python-dateutil, zoneinfo and holidays say, for Tests/TminusPolicyTests/Golden.

    python3 -m pip install --target DIR python-dateutil holidays tzdata
    PYTHONPATH=DIR python3 scripts/reference/recurrences.py Tests/TminusPolicyTests/Golden

recurrences.json: rules, their starts and zones, and the starts that dateutil finds between two times, as UTC seconds:
local times that the clocks skip or repeat are read with fold=0, which is what RFC 5545, 3.3.5 says.
japan.json: the Japanese holidays of 1980 to 2099.
"""

import datetime
import json
import pathlib
import random
import sys
import zoneinfo

import holidays
from dateutil import rrule

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ZONES = ["UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
         "Africa/Cairo", "Asia/Kathmandu", "Pacific/Auckland"]
FREQUENCIES = {"YEARLY": rrule.YEARLY, "MONTHLY": rrule.MONTHLY, "WEEKLY": rrule.WEEKLY, "DAILY": rrule.DAILY,
               "HOURLY": rrule.HOURLY}


def chosen(random_source, values, most):
    return sorted(random_source.sample(values, random_source.randint(1, most)))


def rule(source):
    frequency = source.choice(list(FREQUENCIES))
    parts = ["FREQ=" + frequency]
    if source.random() < 0.5:
        most = {"YEARLY": 4, "MONTHLY": 7, "WEEKLY": 5, "DAILY": 40, "HOURLY": 50}[frequency]
        parts.append("INTERVAL=%d" % source.randint(1, most))
    if source.random() < 0.3:
        parts.append("BYMONTH=" + ",".join(map(str, chosen(source, range(1, 13), 4))))
    has_month = parts[-1].startswith("BYMONTH=")
    has_set = False
    if frequency != "WEEKLY" and source.random() < 0.35:
        values = [d for d in range(-31, 32) if d]
        parts.append("BYMONTHDAY=" + ",".join(map(str, chosen(source, values, 5))))
        has_set = True
    if source.random() < 0.5:
        words = source.sample(DAYS, source.randint(1, 4))
        # dateutil takes a mixture of numbered and plain weekdays for an intersection; the RFC for a union.
        if frequency in ("YEARLY", "MONTHLY") and source.random() < 0.6:
            far = 53 if frequency == "YEARLY" and not has_month else 5
            words = [str(source.choice([n for n in range(-far, far + 1) if n])) + w for w in words]
        parts.append("BYDAY=" + ",".join(words))
        has_set = True
    if has_set and frequency in ("YEARLY", "MONTHLY", "WEEKLY") and source.random() < 0.4:
        far = {"YEARLY": 30, "MONTHLY": 6, "WEEKLY": 4}[frequency]
        parts.append("BYSETPOS=" + ",".join(map(str, chosen(source, [p for p in range(-far, far + 1) if p], 3))))
    if source.random() < 0.3:
        parts.append("WKST=" + source.choice(DAYS))
    return frequency, parts


def record(source):
    frequency, parts = rule(source)
    zone = source.choice(ZONES)
    start = datetime.datetime(source.randint(2015, 2027), source.randint(1, 12), source.randint(1, 28),
                              source.choice([0, 1, 2, 3, 9, 17, 23]), source.choice([0, 30, 59]))
    ending = source.random()
    if ending < 0.25:
        parts.append("COUNT=%d" % source.choice([1, 2, 5, 13, 60, 400]))
    elif ending < 0.5:
        until = start + datetime.timedelta(days=source.randint(0, 1500), hours=source.randint(0, 23))
        parts.append("UNTIL=" + until.strftime("%Y%m%dT%H%M%SZ"))
    length = {"YEARLY": 8000, "MONTHLY": 1500, "WEEKLY": 500, "DAILY": 400, "HOURLY": 12}[frequency]
    begin = start + datetime.timedelta(days=source.choice([0, 0, 1, 40, 400, 2000]))
    end = begin + datetime.timedelta(days=length)
    text = ";".join(parts)
    aware = start.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    found = []
    for time in rrule.rrulestr(text, dtstart=aware):
        local = time.replace(tzinfo=None)
        if local > end or time.year > 2060:
            break
        if local >= begin:
            found.append(int(time.replace(fold=0).timestamp()))
        if len(found) >= 60:
            break
    form = "%Y%m%dT%H%M%S"
    return {"start": start.strftime(form), "zone": zone, "rule": text, "from": begin.strftime(form),
            "through": end.strftime(form), "count": len(found), "times": found}


def main():
    folder = pathlib.Path(sys.argv[1])
    source = random.Random(20261121)
    rules, seen = [], set()
    while len(rules) < 800:
        one = record(source)
        # Rules that never come are worth a few.
        # dateutil cuts the first week off before it counts positions in it; the RFC leaves such a start undefined, and
        # the policy refuses it.
        day = datetime.datetime.strptime(one["start"], "%Y%m%dT%H%M%S").weekday()
        if "WEEKLY" in one["rule"] and "BYSETPOS" in one["rule"] and "WKST=" + DAYS[day] not in one["rule"]:
            continue
        if one["rule"] in seen or (not one["times"] and source.random() < 0.8):
            continue
        seen.add(one["rule"])
        rules.append(one)
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in rules)
    (folder / "recurrences.json").write_text("[\n" + lines + "\n]\n")
    table = holidays.country_holidays("JP", years=range(1980, 2100), language="en_US")
    years = {}
    for day in sorted(table):
        years.setdefault(str(day.year), []).append(day.strftime("%m-%d"))
    lines = ",\n".join('"%s":%s' % (year, json.dumps(days, separators=(",", ":"))) for year, days in years.items())
    (folder / "japan.json").write_text("{\n" + lines + "\n}\n")


main()
