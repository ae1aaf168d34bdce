import RawHTTP
import Testing
import TminusModel

/// Something an HTTP server does instead of answering well. `good` is the body that would be fine.
struct BadAnswer: Sendable, CustomTestStringConvertible {
    /// What must be seen.
    enum Outcome: Sendable { case refused, late }

    let name: String
    let outcome: Outcome
    let behaviour: @Sendable (RawServer.Connection, String) -> Void

    var testDescription: String { name }

    init(
        _ name: String, _ outcome: Outcome = .refused,
        _ behaviour: @escaping @Sendable (RawServer.Connection, String) -> Void
    ) {
        self.name = name
        self.outcome = outcome
        self.behaviour = behaviour
    }

    static let all = connections + frames + statuses + bodies

    private static let connections: [BadAnswer] = [
        BadAnswer("never answers", .late) { connection, _ in connection.waitForLeaving() },
        BadAnswer("drips the head", .late) { connection, _ in
            drip("HTTP/1.1 200 OK\r\nX-Long: \(String(repeating: "x", count: 300))\r\n\r\n", connection)
        },
        BadAnswer("drips the body", .late) { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count)\r\n\r\n")
            drip(good, connection)
        },
        BadAnswer("stops in the middle of the body", .late) { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count)\r\n\r\n\(good.prefix(9))")
            connection.waitForLeaving()
        },
        BadAnswer("stops before the last chunk", .late) { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk(good))")
            connection.waitForLeaving()
        },
        BadAnswer("says more is to come, for ever", .late) { connection, _ in
            while connection.write("HTTP/1.1 100 Continue\r\n\r\n"), !connection.waitForLeaving(milliseconds: 20) {}
        },
        BadAnswer("closes before the answer") { _, _ in },
        BadAnswer("resets before the answer") { connection, _ in connection.reset() },
        BadAnswer("closes inside the head") { connection, _ in connection.write("HTTP/1.1 200 OK\r\nContent-Le") },
        BadAnswer("resets inside the body") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count)\r\n\r\n\(good.prefix(20))")
            connection.reset()
        },
        BadAnswer("speaks SSH") { connection, _ in connection.write("SSH-2.0-OpenSSH_9.2\r\n\r\n") },
        BadAnswer("speaks HTTP/0.9") { connection, good in connection.write(good) },
        BadAnswer("sends zeros") { connection, _ in connection.write([UInt8](repeating: 0, count: 4_096)) },
    ]

    private static let frames: [BadAnswer] = [
        BadAnswer("says a longer body than it sends") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count + 5)\r\n\r\n\(good)")
        },
        BadAnswer("says a shorter body than it sends") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count - 5)\r\n\r\n\(good)")
        },
        BadAnswer("says a length that is no number") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n\(good)")
        },
        BadAnswer("says a negative length") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n\(good)")
        },
        BadAnswer("says two different lengths") { connection, good in
            let length = good.utf8.count
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\nContent-Length: 3\r\n\r\n\(good)")
        },
        BadAnswer("says an endless length") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n\(good)")
        },
        BadAnswer("sends chunks of garbage") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\(good)\r\n0\r\n\r\n")
        },
        BadAnswer("cuts after a chunk") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk(good))")
        },
        BadAnswer("sends a chunk of a huge size") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n\(good)")
        },
        BadAnswer("sends 9 MiB") { connection, good in
            connection.answer(body: good + String(repeating: " ", count: 9 * 1_048_576))
        },
        BadAnswer("sends chunks without end") { connection, good in
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk(good))")
            let spaces = chunk(String(repeating: " ", count: 65_536))
            while connection.write(spaces) {}
        },
        BadAnswer("sends a head of 1 MiB") { connection, good in
            connection.answer("200 OK", ["X-Long: \(String(repeating: "x", count: 1_048_576))"], body: good)
        },
        BadAnswer("compresses unasked") { connection, good in
            connection.answer("200 OK", ["Content-Encoding: gzip"], body: good)
        },
        BadAnswer("sends a gzip bomb") { connection, _ in
            connection.answer("200 OK", ["Content-Encoding: gzip"], body: gzipBomb)
        },
        BadAnswer("sends a gzip bomb without a word") { connection, _ in connection.answer(body: gzipBomb) },
        BadAnswer("encodes twice") { connection, good in
            connection.answer("200 OK", ["Content-Encoding: br, gzip"], body: good)
        },
    ]

    private static let statuses: [BadAnswer] = [
        status("201 Created"), status("206 Partial Content"), status("300 Multiple Choices"), status("400 Bad Request"),
        status("401 Unauthorized"), status("403 Forbidden"), status("404 Not Found"), status("429 Too Many Requests"),
        status("500 Internal Server Error"), status("502 Bad Gateway"), status("503 Service Unavailable"),
        BadAnswer("204") { connection, _ in connection.write("HTTP/1.1 204 No Content\r\n\r\n") },
        BadAnswer("304") { connection, _ in connection.write("HTTP/1.1 304 Not Modified\r\n\r\n") },
        BadAnswer("redirects to itself") { connection, good in
            connection.answer("302 Found", ["Location: /"], body: good)
        },
        BadAnswer("redirects to another host") { connection, good in
            connection.answer("307 Temporary Redirect", ["Location: http://192.0.2.1/"], body: good)
        },
        BadAnswer("redirects to a file") { connection, good in
            connection.answer("301 Moved", ["Location: file:///etc/passwd"], body: good)
        },
    ]

    private static let bodies: [BadAnswer] = [
        body("an empty body") { _ in "" },
        body("white space") { _ in " \n\t " },
        body("a login page with 200") { _ in "<!doctype html><title>Sign in</title><form></form>" },
        body("XML") { _ in "<?xml version=\"1.0\"?><good>90</good>" },
        body("null") { _ in "null" },
        body("true") { _ in "true" },
        body("a number") { _ in "90" },
        body("a text") { _ in "\"ok\"" },
        body("an empty object") { _ in "{}" },
        body("an empty list") { _ in "[]" },
        body("a list around it") { "[\($0)]" },
        body("it twice") { $0 + $0 },
        body("it with a comma behind") { $0 + "," },
        body("it with a comment") { $0 + " // ok" },
        body("it without its end") { String($0.dropLast()) },
        body("it without its beginning") { String($0.dropFirst()) },
        body("single quotes") { $0.replacing("\"", with: "'") },
        body("a byte order mark") { "\u{FEFF}" + $0 },
        body("UTF-16") { $0.map { "\($0)\u{0}" }.joined() },
        body("a NUL behind it") { $0 + "\u{0}" },
        body("deep nesting") { String(repeating: "{\"a\":", count: 100_000) + $0 },
        body("deep lists") { _ in String(repeating: "[", count: 1_000_000) },
        body("a member twice") { "{\"data\":1,\"counts\":1," + $0.dropFirst() },
        BadAnswer("a body of invalid UTF-8") { connection, good in
            connection.answer(body: Array(good.utf8.dropLast()) + Array(",\"x\":\"".utf8) + [0xFF, 0xC0, 0x22, 0x7D])
        },
        BadAnswer("a body of noise") { connection, _ in
            connection.answer(body: (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
        },
    ]

    private static func status(_ line: String) -> BadAnswer {
        BadAnswer("\(line.prefix(3)) with a good body") { connection, good in connection.answer(line, body: good) }
    }

    private static func body(_ name: String, _ change: @escaping @Sendable (String) -> String) -> BadAnswer {
        BadAnswer("a body that is \(name)") { connection, good in connection.answer(body: change(good)) }
    }

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    private static func drip(_ text: String, _ connection: RawServer.Connection) {
        for byte in Array(text.utf8) {
            guard connection.write([byte]), !connection.waitForLeaving(milliseconds: 500) else { return }
        }
    }

    /// 1 GiB of zeros is 1 MiB of this: stored deflate blocks would not be; these are the head of one.
    private static let gzipBomb: [UInt8] =
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xEC, 0xC1, 1, 1, 0, 0, 0, 0x80, 0x90, 0xFE, 0xAF, 0xEE, 8, 0x0A]
        + [UInt8](repeating: 0, count: 1_048_576)
}

/// Shapes that only Prometheus' API can have, and must not.
enum BadPromBody {
    static let all: [(name: String, body: String)] = [
        ("an error with 200", PromBodies.error("bad_data", "parse error")),
        (
            "data beside an error",
            good.replacing("{\"status\":\"success\"", with: "{\"status\":\"success\",\"error\":\"x\"")
        ),
        ("a status of another name", good.replacing("success", with: "ok")),
        ("no status", good.replacing("\"status\":\"success\",", with: "")),
        ("a matrix", good.replacing("vector", with: "matrix")),
        ("a string", good.replacing("vector", with: "string")),
        ("a result that is an object", good.replacing("[{", with: "{").replacing("}]", with: "}")),
        ("a result that is null", PromBodies.empty.replacing("[]", with: "null")),
        ("two series", PromBodies.two),
        ("a sum with labels", good.replacing("\"metric\":{}", with: "\"metric\":{\"pod\":\"a\"}")),
        ("no metric", good.replacing("\"metric\":{},", with: "")),
        ("a number that is no string", good.replacing("\"90\"", with: "90")),
        ("another time", good.replacing(PromBodies.noonText, with: "1763636400")),
        ("another time by a second", good.replacing(PromBodies.noonText, with: "1763640001")),
        ("a time as text", good.replacing(PromBodies.noonText, with: "\"\(PromBodies.noonText)\"")),
        ("a time beyond all", good.replacing(PromBodies.noonText, with: "1e300")),
        ("no value", good.replacing(",\"value\":[\(PromBodies.noonText),\"90\"]", with: "")),
        ("values for a value", good.replacing("\"value\"", with: "\"values\"")),
        ("three in a pair", good.replacing("\"90\"]", with: "\"90\",\"90\"]")),
        ("a native histogram", good.replacing("\"value\"", with: "\"histogram\":[1,{}],\"value\"")),
        ("hexadecimal", PromBodies.sum("0x5a")),
        ("an empty number", PromBodies.sum("")),
        ("spaces in a number", PromBodies.sum(" 90")),
        ("a thousands separator", PromBodies.sum("1,000")),
        ("minus", PromBodies.sum("-90")),
        ("+Inf", PromBodies.sum("+Inf")), ("-Inf", PromBodies.sum("-Inf")), ("Inf", PromBodies.sum("Inf")),
        ("beyond every double", PromBodies.sum("1e999")),
        ("beyond every exact count", PromBodies.sum("1e17")),
        ("nan", PromBodies.sum("nan")),
        ("warnings that are a text", String(good.dropLast()) + ",\"warnings\":\"x\"}"),
        ("warnings that are numbers", String(good.dropLast()) + ",\"warnings\":[1]}"),
        ("a document of another kind", #"{"counts":{"good":90,"total":100}}"#),
    ]

    static let good = PromBodies.sum("90")
}
