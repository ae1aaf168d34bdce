extension Command: ReadFromJSON {
    package var json: JSON {
        .members(["argv": .strings(argv), "isShell": .ifTrue(isShell)])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let argv: [String] = try fields.list("argv")
        guard !argv.isEmpty else { throw CodingFault(path: "argv", reason: "names no program") }
        self.init(argv: argv, isShell: try fields.flag("isShell"))
        try fields.finish()
    }
}

extension Variable: ReadFromJSON {
    var json: JSON {
        .members(["name": .string(name), "value": .string(value)])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(name: try fields.text("name"), value: try fields.text("value"))
        try fields.finish()
    }
}

extension SecretReference: ReadFromJSON {
    var json: JSON {
        switch source {
        case .file(let path): .members(["name": .string(name), "type": .string("file"), "path": .string(path)])
        case .environment(let variable):
            .members(["name": .string(name), "type": .string("environment"), "variable": .string(variable)])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let name = try fields.text("name")
        let type = try fields.text("type")
        switch type {
        case "file": self.init(name: name, source: .file(try fields.text("path")))
        case "environment": self.init(name: name, source: .environment(try fields.text("variable")))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension RetryPolicy: ReadFromJSON {
    /// Nil for `once`.
    var jsonUnlessOnce: JSON? {
        self == .once
            ? nil
            : .members([
                "attempts": .integer(attempts),
                "initialIntervalMilliseconds": .milliseconds(initialInterval, unless: Self.once.initialInterval),
                "backoffPerMille": .integer(backoffPerMille, unless: Self.once.backoffPerMille),
                "maximumIntervalMilliseconds": .milliseconds(maximumInterval, unless: Self.once.maximumInterval),
                "retryOn": .unlessEmpty(retryOn.map { .integer(Int64($0)) }),
            ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let once = Self.once
        self.init(
            attempts: try fields.integer("attempts", in: 1...100),
            initialInterval: try fields.duration("initialIntervalMilliseconds", default: once.initialInterval),
            backoffPerMille: try fields.integer(
                "backoffPerMille", in: 1000...1_000_000, default: once.backoffPerMille),
            maximumInterval: try fields.duration("maximumIntervalMilliseconds", default: once.maximumInterval),
            retryOn: try fields.list("retryOn"))
        try fields.finish()
    }
}

extension Timeouts: ReadFromJSON {
    private static let graceUsual = Duration.seconds(10)

    /// Nil for `standard`.
    var jsonUnlessStandard: JSON? {
        self == .standard
            ? nil
            : .members([
                "attemptMilliseconds": .milliseconds(attempt), "totalMilliseconds": .milliseconds(total),
                "graceMilliseconds": .milliseconds(grace, unless: Self.graceUsual),
            ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            attempt: try fields.optionalDuration("attemptMilliseconds", atLeast: 1),
            total: try fields.optionalDuration("totalMilliseconds", atLeast: 1),
            grace: try fields.duration("graceMilliseconds", default: Self.graceUsual))
        try fields.finish()
    }
}
