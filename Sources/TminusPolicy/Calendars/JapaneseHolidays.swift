package import TminusModel

/// Japan's public holidays by the law (国民の祝日に関する法律), 1980 to 2099: the days it names, the equinoxes, days
/// between two holidays, and substitutes for holidays on a Sunday. Later years follow the law as it is now.
package enum JapaneseHolidays {
    package static let years = 1980...2099

    /// All days off of a year, ascending; empty outside `years`.
    package static func days(of year: Int) -> [CivilDay] {
        guard years.contains(year) else { return [] }
        // Neighbouring years do not matter: 31 December is no holiday, and 1 January no citizens' holiday.
        let named = Set(named(year))
        var all = named
        for day in named {
            let middle = day.advanced(by: 1)
            if year >= 1986, !named.contains(middle), named.contains(day.advanced(by: 2)), middle.weekday != 7 {
                all.insert(middle)
            }
        }
        for day in named where day.weekday == 7 {
            var next = day.advanced(by: 1)
            // Before 2007 only the Monday could be the substitute.
            while year >= 2007, named.contains(next) { next = next.advanced(by: 1) }
            all.insert(next)
        }
        return all.sorted()
    }

    package static func contains(_ day: CivilDay) -> Bool {
        // A substitute never leaves its year: no holiday stands so late that one could.
        days(of: day.parts.year).contains(day)
    }

    /// The days that the law names, and the equinoxes.
    private static func named(_ year: Int) -> [CivilDay] {
        func day(_ month: Int, _ day: Int) -> CivilDay { CivilDay(year: year, month: month, day: day) }
        func monday(_ number: Int, of month: Int) -> CivilDay {
            let first = day(month, 1)
            return first.advanced(by: (8 - first.weekday) % 7 + (number - 1) * 7)
        }
        var days = [
            day(1, 1), year >= 2000 ? monday(2, of: 1) : day(1, 15), day(2, 11), day(3, equinox(year, 20_843_100)),
            day(4, 29), day(5, 3), day(5, 5), year >= 2003 ? monday(3, of: 9) : day(9, 15),
            day(9, equinox(year, 23_248_800)), day(11, 3), day(11, 23),
        ]
        // The emperor's birthday; until 1988 it was 29 April.
        if (1989...2018).contains(year) { days.append(day(12, 23)) }
        if year >= 2020 { days.append(day(2, 23)) }
        if year >= 2007 { days.append(day(5, 4)) }
        switch year {
        // Moved for the Olympic Games.
        case 2020: days += [day(7, 23), day(7, 24), day(8, 10)]
        case 2021: days += [day(7, 22), day(7, 23), day(8, 8)]
        default:
            if year >= 1996 { days.append(year >= 2003 ? monday(3, of: 7) : day(7, 20)) }
            if year >= 2016 { days.append(day(8, 11)) }
            days.append(year >= 2000 ? monday(2, of: 10) : day(10, 10))
        }
        switch year {
        case 1989: days.append(day(2, 24))
        case 1990: days.append(day(11, 12))
        case 1993: days.append(day(6, 9))
        case 2019: days += [day(5, 1), day(10, 22)]
        default: break
        }
        return days
    }

    /// The day of the month, by the almanac's formula for 1980 to 2099; `base` is that of 1980 in millionths.
    private static func equinox(_ year: Int, _ base: Int) -> Int {
        (base + 242_194 * (year - 1980)) / 1_000_000 - (year - 1980) / 4
    }
}
