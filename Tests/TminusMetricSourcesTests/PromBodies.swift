import Foundation
import RawHTTP
import TminusModel

/// Answers as Prometheus gives them.
enum PromBodies {
    static let noonText = "1763640000"

    /// A sum at noon.
    static func sum(_ value: String, warnings: [String] = []) -> String {
        let warned = warnings.isEmpty ? "" : ",\"warnings\":[\(warnings.map { "\"\($0)\"" }.joined(separator: ","))]"
        return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":"
            + "[{\"metric\":{},\"value\":[\(noonText),\"\(value)\"]}]}\(warned)}"
    }

    static let empty = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"

    static let two = """
        {"status":"success","data":{"resultType":"vector","result":[\
        {"metric":{"pod":"a"},"value":[\(noonText),"90"]},{"metric":{"pod":"b"},"value":[\(noonText),"0"]}]}}
        """

    static func error(_ kind: String, _ reason: String) -> String {
        "{\"status\":\"error\",\"errorType\":\"\(kind)\",\"error\":\"\(reason)\"}"
    }
}

/// A server that answers as Prometheus, by what the query names.
struct PromImitation: Sendable {
    let server: RawServer

    /// `good`, `bad` and `total` are bodies; `bounds` answers the question for buckets.
    init(good: String, total: String, bad: String = PromBodies.empty, bounds: String = PromBodies.empty) throws {
        server = try RawServer { connection in
            let body = connection.body().removingPercentEncoding ?? ""
            let query = body.split(separator: "&").first { $0.hasPrefix("query=") }.map(String.init) ?? body
            let answer =
                switch query {
                case let query where query.contains("by (le)"): bounds
                case let query where query.contains("good_total") || query.contains("_bucket"): good
                case let query where query.contains("failures_total"): bad
                default: total
                }
            connection.answer("200 OK", ["Content-Type: application/json"], body: answer)
        }
    }

    var origin: MetricOrigin { .prometheus(url: server.base, armLabel: nil, access: nil) }
}

extension RawServer {
    /// Without a path.
    var base: String { "http://127.0.0.1:\(port)" }
}
