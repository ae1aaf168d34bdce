import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

/// Files that no person writes: too large, too deep, not text. Each ends with one diagnostic, at once.
@Suite struct LimitTests {
    private func messages(_ bytes: [UInt8]) -> [String] {
        do throws(DiagnosticsError) {
            _ = try PipelineLoader.load(bytes: bytes, file: "p.yaml", folder: "/nowhere")
            return []
        } catch {
            return error.diagnostics.map { "\($0.line):\($0.column): \($0.message)" }
        }
    }

    private let head = "pipeline: demo\nenvironment: staging\nsteps:\n"

    @Test func aFileOfTwoMebibytesIsNotEvenRead() throws {
        let folder = try TemporaryFolder()
        try folder.write(head + String(repeating: "#\n", count: 1 << 20), to: "big.yaml")
        let error = #expect(throws: DiagnosticsError.self) { try PipelineLoader.load(path: folder.path + "/big.yaml") }
        #expect(
            error?.diagnostics.map(\.message) == ["the file has 2097195 bytes; at most 1048576 (1 MiB) are read"])
    }

    @Test func whatIsNoFileIsRefused() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path, folder.path + "/none.yaml", "/dev/null", "/dev/zero"] {
            #expect(throws: DiagnosticsError.self) { try PipelineLoader.load(path: path) }
        }
        let pipe = folder.path + "/pipe.yaml"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: DiagnosticsError.self) { try PipelineLoader.load(path: pipe) }
    }

    @Test func invalidUTF8IsPlacedAtItsByte() {
        let bytes = Array("pipeline: demo\nenvironment: é".utf8) + [0xFF, 0x0A]
        #expect(messages(bytes) == ["2:15: not UTF-8 text: byte 0xFF at offset 30"])
        #expect(messages([0xC0, 0x80]) == ["1:1: not UTF-8 text: byte 0xC0 at offset 0"])
        #expect(messages(Array("a".utf8) + [0xED, 0xA0, 0x80]) == ["1:2: not UTF-8 text: byte 0xED at offset 1"])
        #expect(messages(Array("ab".utf8) + [0xE2, 0x82]) == ["1:3: not UTF-8 text: byte 0xE2 at offset 2"])
    }

    @Test func controlCharactersAreRefused() {
        #expect(messages(Array("pipeline: a\0b\n".utf8)) == ["1:12: a NUL byte in the text"])
        #expect(messages(Array("a: b\nc: \u{1B}[31m\n".utf8)) == ["2:4: the control character U+001B in the text"])
    }

    @Test func aByteOrderMarkAndWindowsLineEndsAreFine() {
        let text = "\u{FEFF}" + (head + "  one:\n    run: [echo]\n").replacing("\n", with: "\r\n")
        #expect(messages(Array(text.utf8)) == [])
        #expect(messages(Array(text.replacing("echo", with: "a/b").utf8)).first?.hasPrefix("5:11: ") == true)
    }

    @Test func fourHundredThousandNodesAreTooMany() {
        let text = head + "  one:\n    run: [" + String(repeating: "a,", count: 400_000) + "a]\n"
        let found = messages(Array(text.utf8))
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix("more than 200000 keys and values") == true)
    }

    @Test func tenThousandStepsLoadInNoTime() throws {
        let folder = try TemporaryFolder()
        let text = head + (0..<10_000).map { "  s\($0): {run: [/bin/true], needs: []}\n" }.joined()
        try folder.write(text, to: "p.yaml")
        let took = try ContinuousClock().measure {
            let resolved = try PipelineLoader.load(path: folder.path + "/p.yaml").validate()
            #expect(resolved.plan.steps.count == 10_000)
        }
        // Under a second in a release build on its own (scripts/bench); here without optimisation, beside other tests.
        #expect(took < .seconds(60))
        print("10,000 steps took \(took)")
    }

    @Test func aChainOfTenThousandStepsIsNoCycle() throws {
        let text = head + (0..<10_000).map { "  s\($0): {run: [/bin/true]}\n" }.joined()
        let pipeline = try PipelineLoader.load(bytes: Array(text.utf8), file: "p.yaml", folder: "/nowhere")
        #expect(PipelineGraph.waves(of: pipeline.draft).last == 10_000)
        let closed = text.replacing("s0: {", with: "s0: {needs: [s9999], ")
        #expect(messages(Array(closed.utf8)).map { $0.contains("s0 → s9999 → s9998 → ") } == [true])
    }

    @Test func aFileOfMistakesEndsInALimitedReport() {
        let text = head + (0..<5_000).map { "  s\($0):\n    rnu: [echo]\n" }.joined()
        do throws(DiagnosticsError) {
            _ = try PipelineLoader.load(bytes: Array(text.utf8), file: "p.yaml", folder: "/nowhere")
            Issue.record("it loaded")
        } catch {
            #expect(error.diagnostics.count == DiagnosticList.shownMax)
            #expect(error.omitted == 4_950)
        }
    }

    /// Each of these once took minutes.
    @Test func aHundredThousandMistakesAreToldAtOnce() {
        let keys = head + "  one: {" + (0..<30_000).map { "k\($0): 1" }.joined(separator: ",") + "}\n"
        let needs = head + (0..<3_000).map { "  step-number-\($0): {run: [a], needs: [step-numbr-\($0)]}\n" }.joined()
        let texts = head + "  one: {run: [" + String(repeating: "{},", count: 90_000) + "a]}\n"
        for text in [keys, needs, texts] {
            let took = ContinuousClock().measure { #expect(!messages(Array(text.utf8)).isEmpty) }
            #expect(took < .seconds(120))
        }
    }

    @Test func aVeryLongLineIsShownAroundItsMistake() throws {
        let found = diagnostics(head + "  one: {run: [\(String(repeating: "é, ", count: 5_000)){a: b}, x]}\n")
        let diagnostic = try #require(found.first)
        #expect(found.count == 1)
        #expect(diagnostic.message == "'run' of step 'one' has 5002 elements")
        let other = diagnostics(head + "  one: {run: [\(String(repeating: "é", count: 5_000))], rnu: [x]}\n")
        #expect(other.map(\.column) == [5_018])
        #expect(other.first?.text.contains("^~~") == true)
        #expect((other.first?.source?.unicodeScalars.count ?? 0) < 600)
    }

    @Test func starsAndAmpersandsInTextAreNoAnchors() {
        let text =
            head + """
                  one:
                    shell: |
                      ls *.gz & wait
                      cp &x *y
                    env: {A: "*x &y", B: 'a &b *c', C: a & b * c}   # &no *more
                """
        #expect(messages(Array(text.utf8)) == [])
    }

    @Test func diagnosticsCarryEverythingAsJSON() throws {
        let found = diagnostics(head + "  one:\n    rnu: [echo]\n")
        #expect(
            found.first?.json.line == """
                {"severity":"error","file":"p.yaml","line":5,"column":5,"width":3,"source":"    rnu: [echo]",\
                "message":"unknown key 'rnu' in step 'one'","fix":"did you mean 'run'?"}
                """)
    }
}
