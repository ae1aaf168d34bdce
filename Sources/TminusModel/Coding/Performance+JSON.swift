extension Performance: ReadFromJSON {
    package var json: JSON {
        switch self {
        case .http(let call): .members(["type": .string("http"), "call": call.json])
        case .smoke(let check): .members(["type": .string("smoke"), "check": check.json])
        case .backup(let check): .members(["type": .string("backup"), "check": check.json])
        case .migrate(let migration): .members(["type": .string("migrate"), "migration": migration.json])
        case .migrationStatus(let migration):
            .members(["type": .string("migrationStatus"), "migration": migration.json])
        }
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "http": self = .http(try fields.required("call"))
        case "smoke": self = .smoke(try fields.required("check"))
        case "backup": self = .backup(try fields.required("check"))
        case "migrate": self = .migrate(try fields.required("migration"))
        case "migrationStatus": self = .migrationStatus(try fields.required("migration"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension HTTPCall: ReadFromJSON {
    private static let usual = HTTPCall(method: "GET", url: "http://localhost")

    var json: JSON {
        .members([
            "method": .string(method), "url": .string(url), "headers": .unlessEmpty(headers.map(\.json)),
            "body": .text(body), "expect": expect.jsonUnlessEmpty,
            "withinMilliseconds": .milliseconds(within, unless: Self.usual.within),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(method: try fields.text("method"), url: try fields.text("url"))
        headers = try fields.list("headers")
        body = try fields.optional("body")
        expect = try fields.optional("expect") ?? HTTPExpectation()
        within = try fields.duration("withinMilliseconds", atLeast: 1, default: Self.usual.within)
        try fields.finish()
    }
}

extension HTTPExpectation: ReadFromJSON {
    /// Nil when nothing was said.
    var jsonUnlessEmpty: JSON? {
        self == HTTPExpectation()
            ? nil
            : .members([
                "statuses": .unlessEmpty(statuses.map(JSON.integer)), "withinMilliseconds": .milliseconds(within),
                "headers": .unlessEmpty(headers.map(\.json)), "json": .unlessEmpty(json.map(\.json)),
                "bodyContains": .text(bodyContains),
            ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init()
        statuses = try fields.list("statuses") { json throws(CodingFault) in
            let status = try Int(json: json)
            guard (100...999).contains(status) else { throw CodingFault(reason: "\(status) is no HTTP status") }
            return status
        }
        within = try fields.optionalDuration("withinMilliseconds", atLeast: 1)
        headers = try fields.list("headers")
        self.json = try fields.list("json")
        bodyContains = try fields.optional("bodyContains")
        try fields.finish()
    }
}

extension SmokeCheck: ReadFromJSON {
    private static let usual = SmokeCheck(urls: [])

    var json: JSON {
        .members([
            "urls": .strings(urls), "headers": .unlessEmpty(headers.map(\.json)), "expect": expect.jsonUnlessEmpty,
            "times": .integer(times, unless: Self.usual.times),
            "everyMilliseconds": .milliseconds(every, unless: Self.usual.every),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(urls: try fields.list("urls"))
        guard !urls.isEmpty else { throw CodingFault(path: "urls", reason: "names no address to probe") }
        headers = try fields.list("headers")
        expect = try fields.optional("expect") ?? HTTPExpectation()
        times = try fields.integer("times", in: 1...1000, default: Self.usual.times)
        every = try fields.duration("everyMilliseconds", default: Self.usual.every)
        try fields.finish()
    }
}

extension BackupCheck: ReadFromJSON {
    private static let usual = BackupCheck(tool: .attestation(file: ""))

    var json: JSON {
        .members([
            "tool": tool.json, "recoveryPointMilliseconds": .milliseconds(recoveryPoint),
            "recoveryTimeMilliseconds": .milliseconds(recoveryTime), "copies": copies.map(JSON.integer),
            "restoreTestAgeMilliseconds": .milliseconds(restoreTestAge, unless: Self.usual.restoreTestAge),
            "validForMilliseconds": .milliseconds(validFor),
        ])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(tool: try fields.required("tool"))
        recoveryPoint = try fields.optionalDuration("recoveryPointMilliseconds")
        recoveryTime = try fields.optionalDuration("recoveryTimeMilliseconds")
        copies = try fields.optional("copies")
        restoreTestAge = try fields.duration("restoreTestAgeMilliseconds", default: Self.usual.restoreTestAge)
        validFor = try fields.optionalDuration("validForMilliseconds", atLeast: 1)
        try fields.finish()
    }
}

extension BackupCheck.Tool: ReadFromJSON {
    var json: JSON {
        switch self {
        case .restic(let repository, let path):
            .members(["type": .string("restic"), "repository": .string(repository), "path": .text(path)])
        case .attestation(let file): .members(["type": .string("attestation"), "file": .string(file)])
        case .attestationCommand(let command):
            .members(["type": .string("attestationCommand"), "command": command.json])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "restic":
            self = .restic(repository: try fields.text("repository"), path: try fields.optional("path"))
        case "attestation": self = .attestation(file: try fields.text("file"))
        case "attestationCommand": self = .attestationCommand(try fields.required("command"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension Migration: ReadFromJSON {
    var json: JSON {
        .members(["tool": tool.json, "kind": .string(kind.rawValue), "upTo": .text(upTo)])
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            tool: try fields.required("tool"), kind: try fields.word("kind"), upTo: try fields.optional("upTo"))
        try fields.finish()
    }
}

extension Migration.Tool: ReadFromJSON {
    var json: JSON {
        switch self {
        case .sqlite(let directory, let database):
            .members(["type": .string("sqlite"), "directory": .string(directory), "database": .string(database)])
        case .commands(let status, let preview, let apply, let revert):
            .members([
                "type": .string("commands"), "status": status.json, "preview": preview?.json, "apply": apply.json,
                "revert": revert?.json,
            ])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "sqlite":
            self = .sqlite(directory: try fields.text("directory"), database: try fields.text("database"))
        case "commands":
            self = .commands(
                status: try fields.required("status"), preview: try fields.optional("preview"),
                apply: try fields.required("apply"), revert: try fields.optional("revert"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}
