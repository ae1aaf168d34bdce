import Testing
import TminusModel

@Suite struct JSONTests {
    @Test(
        arguments: [
            ("null", JSON.null), (" true ", .bool(true)), ("-0", .integer(0)),
            ("9223372036854775807", .integer(Int64.max)),
            ("-9223372036854775808", .integer(Int64.min)), ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("1.5e3", .double(1500)), ("0.0", .double(0)), (#""""#, .string("")), ("[]", .array([])),
            ("{}", .object([])),
            (#""\u0041\n\t\"\\\/\b\f\r""#, .string("A\n\t\"\\/\u{8}\u{c}\r")),
            (#""\uD83D\uDE00""#, .string("\u{1F600}")),
            (#""\u0000""#, .string("\0")),
            (
                "[1,[2,{\"a\":[]}]]",
                .array([.integer(1), .array([.integer(2), .object([JSON.Member("a", .array([]))])])])
            ),
        ] as [(String, JSON)])
    func aValueIsRead(_ text: String, _ value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test(
        arguments: [
            ("", 0, "the text ends where a value was expected"), ("nul", 0, "expected null"),
            ("1 2", 2, "text after the value"),
            ("[1,]", 3, "a value can't start here"), ("{\"a\":1,}", 7, "expected a member name in quotes"),
            ("{a:1}", 1, "expected a member name in quotes"), ("{\"a\" 1}", 5, "expected : after a member name"),
            ("[1", 2, "the text ends inside an array or object"), ("[1;2]", 2, "expected , or the closing bracket"),
            ("01", 1, "text after the value"), ("+1", 0, "a value can't start here"),
            ("1.", 2, "expected a digit after ."),
            (".5", 0, "a value can't start here"), ("1e", 2, "expected an exponent"), ("-", 1, "expected a digit"),
            ("1e999", 5, "the number is out of range"), ("NaN", 0, "a value can't start here"),
            ("\"a", 2, "the text ends inside a string"),
            ("\"\u{1}\"", 1, "a control character inside a string must be escaped"),
            (#""\x""#, 3, "unknown escape"), (#""\u12G4""#, 3, "expected four hexadecimal digits"),
            (#""\uD83D""#, 7, "a lone surrogate"), (#""\uD83D\u0041""#, 13, "a lone surrogate"),
            (#""\uDE00""#, 7, "a lone surrogate"), (#"{"a":1,"a":2}"#, 10, "the member \"a\" stands twice"),
            (#"{"a":1,"\u0061":2}"#, 15, "the member \"a\" stands twice"), ("// no\n1", 0, "a value can't start here"),
        ] as [(String, Int, String)])
    func textThatIsNotJSONSaysWhereAndWhy(_ text: String, _ offset: Int, _ reason: String) {
        #expect(throws: JSONError(offset: offset, reason: reason)) { try JSON(parsing: text) }
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func bytesThatAreNotUTF8AreRefused(_ bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON(parsing: [0x22] + bytes + [0x22]) }
    }

    @Test func depthIsLimitedTo64() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON(parsing: nested(64))
        #expect(throws: JSONError(offset: 64, reason: "nested deeper than 64")) { try JSON(parsing: nested(65)) }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "{\"a\":", count: 100_000)) }
    }

    /// Cutting or changing any byte of a real line may only ever throw.
    @Test func noDamageToALineTraps() {
        let names = StepNames(ExamplePlan.plan)
        for (position, body) in ExampleEvents.bodies.enumerated() {
            let event = Event(
                sequence: position + 1, at: Instant(millisecondsSinceEpoch: 1_700_000_000_000), body: body)
            let bytes = event.json(names).bytes
            for offset in stride(from: 0, to: bytes.count, by: bytes.count > 1000 ? 7 : 1) {
                read(Array(bytes[..<offset]), names)
                for replacement in [UInt8(ascii: "9"), UInt8(ascii: "\""), UInt8(ascii: "]"), 0x80] {
                    var damaged = bytes
                    damaged[offset] = replacement
                    read(damaged, names)
                }
            }
        }
    }

    private func read(_ bytes: [UInt8], _ names: StepNames) {
        guard let json = try? JSON(parsing: bytes) else { return }
        _ = try? Event(json: json, names: names)
        _ = try? Plan(json: json["plan"] ?? json)
    }

    @Test func writingIsCanonical() throws {
        let value = JSON.members([
            "z": .array([.null, .bool(false), .integer(-3), .double(0.1), .double(5), .double(1e21)]),
            "a": .string("\"\\\n\r\t\u{1}\u{1F}/é\u{1F600}"), "left out": nil, "e": .object([]),
        ])
        let line = #"{"z":[null,false,-3,0.1,5.0,1e+21],"a":"\"\\\n\r\t\u0001\u001f/é😀","e":{}}"#
        #expect(value.line == line)
        #expect(try JSON(parsing: line) == value)
        #expect(JSON.double(.nan).line == "null")
        #expect(JSON.double(-.infinity).line == "null")
    }

    @Test func indentedTextReadsTheSame() throws {
        let json = ExamplePlan.plan.json
        #expect(try JSON(parsing: json.indented) == json)
        #expect(
            JSON.members(["a": .array([.integer(1)]), "b": .array([])]).indented
                == "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}")
    }
}
