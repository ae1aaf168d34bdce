/// A token as the engine knows it: its hash, never itself.
package struct AccessToken: Equatable, Sendable {
    /// `token-1`, unique in the data directory; what people name it by.
    package var name: String
    /// Whose it is: the person's name, or what a program is called.
    package var person: String
    package var isAutomation: Bool
    /// What it may do at most; a person's token never exceeds what the policy grants the person. Sorted.
    package var rights: [Right]
    /// Services it may touch, as globs; empty means all.
    package var services: [String]
    /// SHA-256 of the token's 256 random bits, lower-case hexadecimal.
    package var hash: String
    package var expires: Instant

    package init(
        name: String, person: String, isAutomation: Bool, rights: [Right], services: [String] = [], hash: String,
        expires: Instant
    ) {
        self.name = name
        self.person = person
        self.isAutomation = isAutomation
        self.rights = rights
        self.services = services
        self.hash = hash
        self.expires = expires
    }
}

extension AccessToken: ReadFromJSON {
    package var json: JSON {
        .members([
            "name": .string(name), "person": .string(person), "isAutomation": .ifTrue(isAutomation),
            "rights": .unlessEmpty(rights.map(\.rawValue)), "services": .unlessEmpty(services),
            "hash": .string(hash), "expiresMilliseconds": .milliseconds(expires),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            name: try fields.text("name"), person: try fields.text("person"),
            isAutomation: try fields.flag("isAutomation"), rights: try fields.words("rights"),
            services: try fields.list("services"), hash: try fields.text("hash"),
            expires: try fields.instant("expiresMilliseconds"))
        try fields.finish()
    }
}
