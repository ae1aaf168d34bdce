import Foundation
import Testing
import TminusModel

/// docs/reference/events.md against the code.
@Suite struct EventDocumentTests {
    private let rows: [String: String]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/reference/events.md"), encoding: .utf8)
        let tables = text.components(separatedBy: "\n## Parts\n")[0]
        var rows: [String: String] = [:]
        for line in tables.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            rows[cells[0].trimmingCharacters(in: ["`"])] = cells.count > 1 ? cells[1] : ""
        }
        self.rows = rows
    }

    @Test func everyTypeIsListedAndNoOther() {
        let own: Set<String> = ["sequence", "atMilliseconds", "type"]
        #expect(Set(rows.keys).subtracting(own) == Set(EventType.allCases.map(\.rawValue)))
    }

    @Test func everyMemberOfEveryTypeIsListed() throws {
        let names = StepNames(ExamplePlan.plan)
        let attempt: Set<String> = ["step", "role", "number", "act"]
        for body in ExampleEvents.bodies {
            let event = Event(sequence: 1, at: Instant(millisecondsSinceEpoch: 0), body: body)
            var members = Set(try #require(event.json(names).members).map(\.key))
            members.subtract(["sequence", "atMilliseconds", "type"])
            let row = try #require(rows[body.type.rawValue])
            if row.contains("the attempt") { members.subtract(attempt) }
            for member in members { #expect(row.contains("`\(member)`"), "\(body.type.rawValue) has \(member)") }
        }
    }
}
