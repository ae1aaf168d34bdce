import Testing
import TminusModel
import TminusReports

@Suite
struct TextTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("\u{1B}[31mred\u{1B}[0m", "red"),
        ("\u{1B}]0;owned\u{07}title", "title"),
        ("\u{1B}]8;;http://evil\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
        ("\u{9B}2Jcleared", "cleared"),
        ("\u{9D}0;x\u{9C}c1", "c1"),
        ("a\u{08}\u{08}b\rc\u{07}", "abc"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\u{202E}gpj.exe\u{202C}", "gpj.exe"),
        ("zero\u{200B}width\u{FEFF}\u{2066}", "zerowidth"),
        ("\u{1B}", ""),
        ("\u{1B}[", ""),
        ("\u{1B}]unfinished", "unfinished"),
        ("\u{1B}Pq#0\u{1B}\\sixel", "sixel"),
        ("\u{1B}(0box", "box"),
        ("日本語 ✓ é", "日本語 ✓ é"),
        ("tag\u{E0041}\u{E0042}s", "tags"),
    ])
    func nothingFromOutsideCanActOnATerminal(_ hostile: String, _ safe: String) {
        #expect(SafeText.line(hostile) == safe)
        #expect(StyledLine(hostile).text == safe)
    }

    @Test func severalLinesKeepTheirEnds() {
        #expect(SafeText.lines("a\n\tb\u{1B}[2J\r\nc") == "a\n\tb\nc")
    }

    @Test func everyControlCharacterIsTakenOut() {
        for value in UInt32(0)...0x9F {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isControl = value < 0x20 || (0x7F...0x9F).contains(value)
            if isControl, value != 0x0A, value != 0x09 {
                #expect(!SafeText.lines("x\(scalar)").contains(Character(scalar)))
            }
        }
    }

    @Test func widthsAreCountedInCells() {
        #expect("abc".cellWidth == 3)
        #expect("日本".cellWidth == 4)
        #expect("e\u{301}".cellWidth == 1)
        #expect("✓".cellWidth == 1)
        #expect("日本語".clipped(to: 4) == "日…")
        #expect("abcdef".clipped(to: 4) == "abc…")
        #expect("abcd".clipped(to: 4) == "abcd")
        #expect("ab".padded(to: 4) == "ab  ")
        #expect("ab".paddedLeft(to: 4) == "  ab")
        #expect("one two three".wrapped(to: 7) == ["one two", "three"])
        #expect("abcdefghij".wrapped(to: 4) == ["abcd", "efgh", "ij"])
    }

    @Test func aStyledLineIsClippedAcrossItsSpans() {
        let line = StyledLine("abc", .good).appending("def", .bad)
        #expect(line.clipped(to: 6) == line)
        #expect(line.clipped(to: 5).text == "abcd…")
        #expect(line.clipped(to: 3).text == "ab…")
        #expect(line.clipped(to: 1).text == "…")
        #expect(line.justified(with: StyledLine("R"), to: 10).text == "abcdef   R")
        #expect(line.justified(with: StyledLine("R"), to: 7).text == "abcd… R")
        #expect(line.rendered(isColoured: true) == "\u{1B}[32mabc\u{1B}[0m\u{1B}[1;31mdef\u{1B}[0m")
        #expect(line.rendered(isColoured: false) == "abcdef")
    }

    @Test func wallClocksShowTheirOffset() {
        let instant = Instant(millisecondsSinceEpoch: 1_795_221_653_361)
        #expect(WallClock.utc.full(instant) == "2026-11-21 00:40:53 UTC")
        #expect(WallClock(offsetSeconds: 9 * 3_600).full(instant) == "2026-11-21 09:40:53 +09:00")
        #expect(WallClock(offsetSeconds: -12_600).full(instant) == "2026-11-20 21:10:53 -03:30")
        #expect(WallClock.utc.short(Instant(millisecondsSinceEpoch: 0)) == "1970-01-01 00:00")
        #expect(WallClock.utc.date(Instant(millisecondsSinceEpoch: 951_782_400_000)) == "2000-02-29")
        #expect(WallClock.utc.date(Instant(millisecondsSinceEpoch: -1)) == "1969-12-31")
        #expect(!WallClock.utc.full(.distantFuture).isEmpty)
        #expect(!WallClock.utc.full(.distantPast).isEmpty)
    }
}
