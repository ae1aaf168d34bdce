import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusAttempts

@Suite(.timeLimit(.minutes(5))) struct OutputTests {
    @Test func outputsAreAnObjectOfStringsSortedByName() {
        let outputs = StepOutputs(bytes: Array(#"{"b": "2", "a.B_c-1": "x\ny", "A": ""}"#.utf8))
        let expected = [("A", ""), ("a.B_c-1", "x\ny"), ("b", "2")]
        #expect(outputs.entries == expected.map { Variable(name: $0.0, value: $0.1) })
        #expect(outputs.fault == nil)
        #expect(StepOutputs(bytes: []) == StepOutputs(bytes: Array("{}".utf8)))
        #expect(StepOutputs(bytes: Array(" \n".utf8)).fault == nil)
    }

    @Test(arguments: [
        ("[]", "it is not a JSON object"), ("\"x\"", "it is not a JSON object"), ("null", "it is not a JSON object"),
        (#"{"a": 1}"#, "the value of a is not a string"), (#"{"a": ["x"]}"#, "the value of a is not a string"),
        (#"{"a": {"b": "c"}}"#, "the value of a is not a string"),
        (#"{"": "x"}"#, "the name of entry 1 is not 1 to 64 of A-Z a-z 0-9 . _ -"),
        (#"{"ok": "x", "a b": "x"}"#, "the name of entry 2 is not 1 to 64 of A-Z a-z 0-9 . _ -"),
        (#"{"ä": "x"}"#, "the name of entry 1 is not 1 to 64 of A-Z a-z 0-9 . _ -"),
        (#"{"a": "\u0000"}"#, "the value of a holds a NUL"),
        (#"{"a": "x""#, "byte 9 is not the JSON expected there"),
        (#"{"a": "x"} tail"#, "byte 11 is not the JSON expected there"),
        (#"{"a": "\ud800"}"#, "byte 13 is not the JSON expected there"),
        (String(repeating: "[", count: 50_000), "byte 64 is not the JSON expected there"),
    ])
    func anythingElseIsRefusedWhole(text: String, fault: String) {
        let outputs = StepOutputs(bytes: Array(text.utf8))
        #expect(outputs.entries == [])
        #expect(outputs.fault == fault)
    }

    @Test func theLimitsAreExact() {
        func fault(_ text: String) -> String? { StepOutputs(bytes: Array(text.utf8)).fault }
        func object(_ count: Int) -> String { "{" + (0..<count).map { "\"n\($0)\":\"\"" }.joined(separator: ",") + "}" }
        #expect(fault(object(64)) == nil)
        #expect(fault(object(65)) == "it has more than 64 entries")
        #expect(fault("{\"a\":\"\(String(repeating: "x", count: 4096))\"}") == nil)
        let long = "{\"a\":\"\(String(repeating: "x", count: 4097))\"}"
        #expect(fault(long) == "the value of a is longer than 4096 bytes")
        #expect(fault("{\"\(String(repeating: "x", count: 64))\":\"\"}") == nil)
        #expect(fault("{\"\(String(repeating: "x", count: 65))\":\"\"}") != nil)
    }

    @Test func randomBytesNeverTrap() {
        var numbers = Numbers(state: 7)
        let pieces = ["{", "}", "\"", "a", ":", ",", "\\u", "\\", "[", "]", "1", "-", "e", "\u{0}", "ü", " ", "true"]
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            for _ in 0..<numbers.next() % 24 {
                bytes += Array(pieces[Int(numbers.next() % UInt64(pieces.count))].utf8)
                if numbers.next() % 9 == 0 { bytes.append(UInt8(truncatingIfNeeded: numbers.next())) }
            }
            _ = StepOutputs(bytes: bytes)
            _ = ExitRecord(bytes)
            _ = ShimSpec.boot(of: bytes)
        }
    }

    @Test(arguments: [
        ("head -c 70000 /dev/zero > $TMINUS_OUTPUT", "it is larger than 65536 bytes"),
        ("mkdir $TMINUS_OUTPUT", "it is not a regular file"),
        ("mkfifo $TMINUS_OUTPUT", "it is not a regular file"),
        ("ln -s /etc/passwd $TMINUS_OUTPUT", "it can't be opened"),
        ("ln -s /dev/zero $TMINUS_OUTPUT", "it can't be opened"),
        ("printf '\\377\\376' > $TMINUS_OUTPUT", "byte 0 is not the JSON expected there"),
    ])
    func aHostileOutputFileCostsTheOutputsNotTheResult(script: String, fault: String) async throws {
        let ground = try Ground()
        let result = try await ground.run(ground.order(script + "; exit 2"))
        #expect(result.end == .exited(2))
        #expect(result.outputs == [])
        #expect(result.note == "its outputs were ignored: \(fault)")
    }

    @Test func theReasonIsTheNote() async throws {
        let ground = try Ground()
        let script = #"printf '%s' '{"reason": "two of\nthree \u001b[31m"}' > $TMINUS_OUTPUT; echo said"#
        #expect(try await ground.run(ground.order(script)).note == "two of three  [31m")
    }
}
