import Foundation
import RawHTTP
import Synchronization

/// How many points each range query asked for.
final class AskedForms: Sendable {
    private let all = Mutex<[Int]>([])

    func note(_ count: Int) { all.withLock { $0.append(count) } }
    var points: [Int] { all.withLock { $0.sorted() } }
}

/// Answers range queries with the first and the last point, of value 1; the address.
func rangeServer(_ asked: AskedForms) throws -> String {
    let server = try RawServer { connection in
        var fields: [String: Double] = [:]
        for pair in connection.body().split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, let number = Double(parts[1]) { fields[String(parts[0])] = number }
        }
        guard let start = fields["start"], let end = fields["end"], let step = fields["step"] else { return }
        asked.note(Int(((end - start) / step).rounded()) + 1)
        connection.answer(
            body: "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},"
                + "\"values\":[[\(start),\"1\"],[\(end),\"1\"]]}]}}")
    }
    return server.base
}
