import TminusModel

/// What a backup tool says about a backup, as JSON that any tool can write.
///
/// Only `tool`, `id` and `consistent_point` must be there; what else is missing is missing evidence. Members it does
/// not know are ignored, members of a wrong type are refused. Instants are RFC 3339 with a zone.
struct BackupAttestation: Equatable {
    struct Failure: Error, Equatable {
        var reason: String
    }

    struct RestoreTest: Equatable {
        var isOK: Bool
        var started: Instant
        var finished: Instant
        /// Bytes of what was restored.
        var size: Int64?
    }

    struct Copy: Equatable {
        var location: String
        var media: String?
        var isOffsite: Bool
        var verified: Instant?
    }

    var tool: String
    var id: String
    var started: Instant?
    var finished: Instant?
    /// The state the backup holds: everything before this is in it.
    var consistentPoint: Instant
    /// Bytes of what a restore brings back today.
    var size: Int64?
    var restoreTest: RestoreTest?
    /// Every copy, production included; nil when the attestation lists none.
    var copies: [Copy]?

    /// - Throws: `Failure` with the member that is missing or wrong.
    init(json bytes: [UInt8]) throws(Failure) {
        let value: JSON
        do throws(JSONError) {
            value = try JSON(parsing: bytes)
        } catch {
            throw Failure(reason: error.description)
        }
        guard value.members != nil else { throw Failure(reason: "it is not a JSON object") }
        let reader = MemberReader(object: value, place: "")
        tool = try reader.required("tool", try reader.text("tool"))
        id = try reader.required("id", try reader.text("id"))
        started = try reader.instant("started")
        finished = try reader.instant("finished")
        consistentPoint = try reader.required("consistent_point", try reader.instant("consistent_point"))
        size = try reader.size("size")
        if let test = try reader.object("restore_test") { restoreTest = try RestoreTest(test) }
        if let list = try reader.array("copies") {
            guard list.count <= 100 else { throw Failure(reason: "copies lists more than 100") }
            var copies: [Copy] = []
            for (position, item) in list.enumerated() {
                guard item.members != nil else { throw Failure(reason: "copies[\(position)] is not an object") }
                copies.append(try Copy(MemberReader(object: item, place: "copies[\(position)].")))
            }
            self.copies = copies
        }
        try checkOrder()
    }

    /// A backup that ends before it starts says nothing about anything.
    private func checkOrder() throws(Failure) {
        if let started, let finished, finished < started { throw Failure(reason: "finished is before started") }
        if let finished, consistentPoint > finished { throw Failure(reason: "consistent_point is after finished") }
        if let test = restoreTest, test.finished < test.started {
            throw Failure(reason: "restore_test.finished is before restore_test.started")
        }
    }
}

extension BackupAttestation.RestoreTest {
    fileprivate init(_ reader: MemberReader) throws(BackupAttestation.Failure) {
        isOK = try reader.required("ok", try reader.bool("ok"))
        started = try reader.required("started", try reader.instant("started"))
        finished = try reader.required("finished", try reader.instant("finished"))
        size = try reader.size("size")
    }
}

extension BackupAttestation.Copy {
    fileprivate init(_ reader: MemberReader) throws(BackupAttestation.Failure) {
        location = try reader.required("location", try reader.text("location"))
        media = try reader.text("media")
        isOffsite = try reader.bool("offsite") ?? false
        verified = try reader.instant("verified_at")
    }
}

/// Reads members by type; nil where a member is missing or null.
private struct MemberReader {
    typealias Failure = BackupAttestation.Failure

    var object: JSON
    var place: String

    func required<Value>(_ key: String, _ value: Value?) throws(Failure) -> Value {
        guard let value else { throw Failure(reason: "\(place)\(key) is missing") }
        return value
    }

    func text(_ key: String) throws(Failure) -> String? {
        guard let value = member(key) else { return nil }
        guard let text = value.text, !text.isEmpty else { throw Failure(reason: "\(place)\(key) is not a text") }
        return text
    }

    func bool(_ key: String) throws(Failure) -> Bool? {
        guard let value = member(key) else { return nil }
        guard let bool = value.bool else { throw Failure(reason: "\(place)\(key) is not true or false") }
        return bool
    }

    func size(_ key: String) throws(Failure) -> Int64? {
        guard let value = member(key) else { return nil }
        guard let integer = value.integer, integer >= 0 else {
            throw Failure(reason: "\(place)\(key) is not a whole number of bytes")
        }
        return integer
    }

    func instant(_ key: String) throws(Failure) -> Instant? {
        guard let text = try text(key) else { return nil }
        guard let instant = Timestamp.instant(text) else {
            throw Failure(reason: "\(place)\(key) is not a timestamp such as 2026-11-20T02:00:00Z")
        }
        return instant
    }

    func object(_ key: String) throws(Failure) -> MemberReader? {
        guard let value = member(key) else { return nil }
        guard value.members != nil else { throw Failure(reason: "\(place)\(key) is not an object") }
        return MemberReader(object: value, place: "\(place)\(key).")
    }

    func array(_ key: String) throws(Failure) -> [JSON]? {
        guard let value = member(key) else { return nil }
        guard let elements = value.elements else { throw Failure(reason: "\(place)\(key) is not a list") }
        return elements
    }

    private func member(_ key: String) -> JSON? {
        guard let value = object[key], value != .null else { return nil }
        return value
    }
}
