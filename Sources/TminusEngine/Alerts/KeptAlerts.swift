internal import TminusJudgement
internal import TminusModel

/// What is kept of burn alerts between two engines: states by key, and the run whose plan says what is measured. No
/// address, header or query is in it.
struct KeptAlerts {
    struct Book {
        var run: String
        var states: [AlertState]
    }

    /// Raised when an older engine could not read it.
    private static let format = 1

    var books: [Book]
    /// Of services whose plan could not be found when the engine started.
    var rest: [AlertState]

    init(books: [Book], rest: [AlertState]) {
        self.books = books
        self.rest = rest
    }

    var json: JSON {
        .members([
            "format": .integer(Self.format),
            "services": .array(
                books.map { book in
                    .members(["run": .string(book.run), "alerts": .array(book.states.map(\.json))])
                }),
            "rest": rest.isEmpty ? nil : .array(rest.map(\.json)),
        ])
    }

    /// Why it could not be read.
    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    init(parsing bytes: [UInt8]) throws(Unreadable) {
        guard let json = try? JSON(parsing: bytes), let services = json["services"]?.elements else {
            throw Unreadable(description: "they are damaged")
        }
        guard let format = json["format"]?.integer, format <= Self.format else {
            throw Unreadable(description: "a newer version wrote them")
        }
        books = services.compactMap { service in
            guard let run = service["run"]?.text, let alerts = service["alerts"]?.elements else { return nil }
            return Book(run: run, states: alerts.compactMap(AlertState.init(json:)))
        }
        rest = (json["rest"]?.elements ?? []).compactMap(AlertState.init(json:))
    }
}

extension AlertState {
    fileprivate var json: JSON {
        .members([
            "key": .string(key), "state": .string(word),
            "sinceMilliseconds": since.map { .integer($0.millisecondsSinceEpoch) },
            "unmeasuredSinceMilliseconds": frozenSince.map { .integer($0.millisecondsSinceEpoch) },
        ])
    }

    fileprivate init?(json: JSON) {
        guard let key = json["key"]?.text, let word = json["state"]?.text else { return nil }
        let since = json["sinceMilliseconds"]?.integer.map(Instant.init(millisecondsSinceEpoch:))
        let phase: Phase
        switch (word, since) {
        case ("inactive", _): phase = .inactive
        case ("pending", let since?): phase = .pending(since: since)
        case ("firing", let since?): phase = .firing(since: since)
        case ("resolved", let at?): phase = .resolved(at: at)
        default: return nil
        }
        let frozen = json["unmeasuredSinceMilliseconds"]?.integer.map(Instant.init(millisecondsSinceEpoch:))
        self.init(key: key, phase: phase, frozenSince: frozen)
    }
}
