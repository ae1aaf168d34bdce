import RawHTTP
import Testing
import TminusPorts

/// Something an endpoint does instead of answering well, and what must be said about it.
struct BadPage: Sendable, CustomTestStringConvertible {
    var name: String
    var code: MetricError.Code
    var behaviour: @Sendable (RawServer.Connection) -> Void

    var testDescription: String { name }

    init(
        _ name: String, _ code: MetricError.Code, _ behaviour: @escaping @Sendable (RawServer.Connection) -> Void
    ) {
        self.name = name
        self.code = code
        self.behaviour = behaviour
    }

    /// A page that would be fine.
    static let good = """
        # TYPE requests_total counter
        requests_total{code="200"} 90
        requests_total{code="500"} 10

        """

    static let all: [BadPage] = connections + answers + pages

    private static let connections: [BadPage] = [
        BadPage("never answers", .timeout) { $0.waitForLeaving() },
        BadPage("drips one byte at a time", .timeout) { connection in
            // Without an end, so that however busy the machine is only the reader's patience ends it.
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            for byte in Array(good.utf8) + Array(repeating: UInt8(ascii: "#"), count: 100_000) {
                guard connection.write([byte]), !connection.waitForLeaving(milliseconds: 40) else { return }
            }
        },
        BadPage("drips the head", .timeout) { connection in
            for byte in Array("HTTP/1.1 200 OK\r\nX-Long: \(String(repeating: "x", count: 200))".utf8) {
                guard connection.write([byte]), !connection.waitForLeaving(milliseconds: 40) else { return }
            }
        },
        BadPage("stops in the middle of the body", .timeout) { connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count)\r\n\r\nrequests_total")
            connection.waitForLeaving()
        },
        BadPage("cuts before the answer", .unreachable) { _ in },
        BadPage("resets before the answer", .unreachable) { $0.reset() },
        BadPage("cuts inside the head", .unreachable) { $0.write("HTTP/1.1 200 OK\r\nContent-Le") },
        BadPage("cuts a body with a length", .unreachable) { connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(good.utf8.count + 200)\r\n\r\n\(good)")
        },
        BadPage("cuts a chunked body at a line end", .unreachable) { connection in
            let length = String(good.utf8.count, radix: 16)
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(length)\r\n\(good)\r\n")
        },
        BadPage("ends the body by closing", .malformed) { connection in
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(good)")
        },
        BadPage("is not HTTP", .unreachable) { $0.write("SSH-2.0-OpenSSH_9.2\r\n\r\n") },
        BadPage("says a length that is no number", .unreachable) { connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n\(good)")
        },
    ]

    private static let answers: [BadPage] = [
        BadPage("500", .refused) { $0.answer("500 Internal Server Error", body: good) },
        BadPage("503", .refused) { $0.answer("503 Service Unavailable", body: good) },
        BadPage("404", .refused) { $0.answer("404 Not Found", body: good) },
        BadPage("401", .refused) { $0.answer("401 Unauthorized", body: good) },
        BadPage("204", .refused) { $0.write("HTTP/1.1 204 No Content\r\n\r\n") },
        BadPage("206", .refused) { $0.answer("206 Partial Content", body: good) },
        BadPage("redirect to another host", .refused) { connection in
            connection.answer("302 Found", ["Location: http://192.0.2.1/metrics"], body: "")
        },
        BadPage("redirect to itself", .refused) { $0.answer("301 Moved", ["Location: /metrics"], body: good) },
        BadPage("9 MiB", .tooLarge) { connection in
            connection.answer(body: [UInt8](repeating: 0x0A, count: 9 * 1_048_576))
        },
        BadPage("endless chunks", .tooLarge) { connection in
            let chunk = "10000\r\n" + String(repeating: "\n", count: 65_536) + "\r\n"
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while connection.write(chunk) {}
        },
        BadPage("compressed unasked", .malformed) { $0.answer("200 OK", ["Content-Encoding: gzip"], body: good) },
    ]

    private static let pages: [BadPage] = [
        page("empty", .malformed, ""),
        page("only comments", .malformed, "# HELP requests_total Requests.\n# TYPE requests_total counter\n"),
        page("HTML", .malformed, "<!doctype html><title>Sign in</title>\n"),
        page("JSON", .malformed, "{\"requests_total\": 90}\n"),
        page("no last line feed", .malformed, String(good.dropLast())),
        page("NaN", .notFinite, "requests_total NaN\n"),
        page("infinite", .notFinite, "requests_total +Inf\n"),
        page("beyond every double", .notFinite, "requests_total 1e999\n"),
        page("negative", .notFinite, "requests_total -1\n"),
        page("hexadecimal", .malformed, "requests_total 0x10\n"),
        page("not a number", .malformed, "requests_total ten\n"),
        page("no value", .malformed, "requests_total\n"),
        page("a series twice", .malformed, "requests_total{a=\"1\",b=\"2\"} 1\nrequests_total{b=\"2\",a=\"1\"} 1\n"),
        page("a label twice", .malformed, "requests_total{a=\"1\",a=\"2\"} 1\n"),
        page("an open quote", .malformed, "requests_total{a=\"1} 1\n"),
        page("an unknown escape", .malformed, "requests_total{a=\"\\t\"} 1\n"),
        page("a gauge", .refused, "# TYPE requests_total gauge\nrequests_total 1\n"),
        page("a histogram", .refused, "# TYPE requests_total histogram\nrequests_total_count 1\n"),
        page("damage elsewhere", .malformed, good + "other{ 1\n"),
        page("more after the end", .malformed, good + "# EOF\nrequests_total 1\n"),
        page("a type after its sample", .malformed, "requests_total 1\n# TYPE requests_total counter\n"),
        page("carriage returns", .malformed, "requests_total 1\r\n"),
        BadPage("invalid UTF-8", .malformed) { $0.answer(body: Array("requests_total{a=\"".utf8) + [0xFF, 0x0A]) },
    ]

    private static func page(_ name: String, _ code: MetricError.Code, _ body: String) -> BadPage {
        BadPage(name, code) { $0.answer(body: body) }
    }
}
