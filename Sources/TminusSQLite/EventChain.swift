import Crypto
import Foundation
import TminusPorts

/// The hash chain over a run's events: `hash(n) = SHA-256(hash(n - 1) ‖ line(n))`, where the line is the event's
/// canonical JSON without `hash`, and `hash(0)` is 32 zero bytes.
enum EventChain {
    static let start = Data(count: 32)

    static func hash(after previous: Data, line: some DataProtocol) -> Data {
        var hash = SHA256()
        hash.update(data: previous)
        hash.update(data: line)
        return Data(hash.finalize())
    }

    /// The line as it leaves the store: with `hash` as its last member.
    static func export(line: String, hash: Data) -> String {
        var text = line
        text.reserveCapacity(line.utf8.count + 76)
        text.removeLast()
        text += ",\"hash\":\""
        for byte in hash {
            text.unicodeScalars.append(digits[Int(byte >> 4)])
            text.unicodeScalars.append(digits[Int(byte & 15)])
        }
        return text + "\"}"
    }

    private static let digits = Array("0123456789abcdef".unicodeScalars)
}

/// Checks stored events one after the other.
struct ChainWalk {
    let run: String
    /// The sequence that must come next.
    private(set) var next: Int
    private(set) var previous: Data

    init(run: String, after sequence: Int, hash: Data) {
        self.run = run
        next = sequence + 1
        previous = hash
    }

    mutating func take(sequence: Int, line: String, hash: Data) throws(StoreError) {
        guard sequence == next else { throw broken("is missing") }
        guard EventChain.hash(after: previous, line: Array(line.utf8)) == hash else {
            throw broken("does not have the hash that the events before it and its own line give")
        }
        next += 1
        previous = hash
    }

    /// Checks that the walk arrived where the run's index says the journal ends.
    func finish(version: Int, head: Data) throws(StoreError) {
        guard next == version + 1 else { throw broken(next <= version ? "is missing" : "is not in the run's index") }
        guard previous == head else { throw broken("follows a hash that is not the one in the run's index") }
    }

    private func broken(_ what: String) -> StoreError {
        StoreError(
            .corrupt,
            "event \(next) of run \(run) \(what): the journal was changed or damaged outside Tminus; keep the file, "
                + "and restore a backup with tminus store restore")
    }
}
