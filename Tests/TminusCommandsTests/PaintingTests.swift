import Testing
import TminusReports

@testable import TminusCommands

@Suite
struct PaintingTests {
    private let begin = "\u{1B}[?2026h"
    private let end = "\u{1B}[J\u{1B}[?2026l"

    @Test func theFirstFrameIsWrittenWhereTheCursorIs() {
        let text = LiveDisplay.painting([StyledLine("a"), StyledLine("b")], over: [], columns: 80, isColoured: false)
        #expect(text == begin + "\ra\u{1B}[K\r\nb\u{1B}[K\r\n" + end)
    }

    @Test func theNextOneGoesUpOverTheLastOnesRows() {
        let last = [StyledLine("a"), StyledLine(""), StyledLine("c")]
        let text = LiveDisplay.painting([StyledLine("x")], over: last, columns: 80, isColoured: false)
        #expect(text == begin + "\u{1B}[3A\rx\u{1B}[K\r\n" + end)
    }

    @Test func aLineThatANarrowerTerminalFoldedCountsAllItsRows() {
        let last = [StyledLine(String(repeating: "a", count: 80)), StyledLine("b")]
        let text = LiveDisplay.painting([], over: last, columns: 40, isColoured: false)
        #expect(text == begin + "\u{1B}[3A\r" + end)
    }

    @Test func theUsualDurationIsTheMiddleOne() {
        #expect(UsualDuration.median(of: []) == nil)
    }
}
