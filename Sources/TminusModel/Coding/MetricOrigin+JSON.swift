extension MetricOrigin: ReadFromJSON {
    /// Nil for pages, which need no saying.
    var jsonUnlessPages: JSON? {
        switch self {
        case .pages: nil
        case .prometheus(let url, let armLabel, let access):
            .members([
                "type": .string("prometheus"), "url": .string(url), "armLabel": .text(armLabel),
                "access": access?.json,
            ])
        case .sqlite(let path): .members(["type": .string("sqlite"), "path": .string(path)])
        case .postgres(let connection, let password):
            .members([
                "type": .string("postgres"), "connection": .string(connection), "password": password?.json,
            ])
        case .json(let url, let access):
            .members(["type": .string("json"), "url": .string(url), "access": access?.json])
        case .command(let command): .members(["type": .string("command"), "command": command.json])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "prometheus":
            self = .prometheus(
                url: try fields.text("url"), armLabel: try fields.optional("armLabel"),
                access: try fields.optional("access"))
        case "sqlite": self = .sqlite(path: try fields.text("path"))
        case "postgres":
            self = .postgres(
                connection: try fields.text("connection"), password: try fields.optional("password"))
        case "json": self = .json(url: try fields.text("url"), access: try fields.optional("access"))
        case "command": self = .command(try fields.required("command"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension MetricAccess: ReadFromJSON {
    var json: JSON {
        switch self {
        case .bearer(let secret): .members(["type": .string("bearer"), "secret": secret.json])
        case .basic(let user, let password):
            .members(["type": .string("basic"), "user": .string(user), "secret": password.json])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "bearer": self = .bearer(try fields.required("secret"))
        case "basic": self = .basic(user: try fields.text("user"), password: try fields.required("secret"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}

extension SecretReference.Source: ReadFromJSON {
    var json: JSON {
        switch self {
        case .file(let path): .members(["type": .string("file"), "path": .string(path)])
        case .environment(let variable):
            .members(["type": .string("environment"), "variable": .string(variable)])
        }
    }

    init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        let type = try fields.text("type")
        switch type {
        case "file": self = .file(try fields.text("path"))
        case "environment": self = .environment(try fields.text("variable"))
        default: throw CodingFault.unknown(type)
        }
        try fields.finish()
    }
}
