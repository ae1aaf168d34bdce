package import TminusModel

/// One line of `tminus doctor`.
package struct Finding: Equatable, Sendable {
    package enum Level: String, Sendable, CaseIterable { case ok, warning, failure }

    package var level: Level
    /// What was looked at, two or three words.
    package var subject: String
    /// What was found, one sentence.
    package var text: String
    /// What to do about it; nil when all is well.
    package var remedy: String?

    package init(_ level: Level, _ subject: String, _ text: String, remedy: String? = nil) {
        self.level = level
        self.subject = subject
        self.text = text
        self.remedy = remedy
    }

    package var json: JSON {
        .members([
            "level": .string(level.rawValue), "subject": .string(subject), "text": .string(text),
            "remedy": remedy.map(JSON.string),
        ])
    }

    package init(json: JSON) throws(APIError) {
        let reader = try WireReader(json)
        let word = try reader.text("level")
        level = Level(rawValue: word) ?? .warning
        subject = try reader.text("subject")
        text = try reader.text("text")
        remedy = try reader.optionalText("remedy")
    }
}
