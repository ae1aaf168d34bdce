import Foundation
import Testing
import TminusModel

@testable import TminusPolicy

@Suite struct ExamplePolicyTests {
    @Test func theExampleIsRight() throws {
        let bytes = try Data(contentsOf: Repository.example)
        let (policy, warnings) = try PolicyLoader.load(bytes: Array(bytes), file: "tminus.yaml")
        #expect(warnings.isEmpty)
        #expect(policy.people.map(\.name) == ["ann", "bob", "chie", "dai", "eva"])
        #expect(policy.freezes.map(\.rule.name) == ["year-end", "weekend", "office-hours", "closing"])
        #expect(policy.environments.map(\.name) == ["dev", "test", "staging", "canary", "production"])
        #expect(policy.changes.map(\.change) == [.standard, .normal, .emergency, .major])
        #expect(policy.grants?.count == Right.allCases.count)
        #expect(policy.tags.repositories.map(\.name) == ["shop"])
        #expect(policy.tags.rules.map(\.signature) == [.unsigned, .signed(by: ["*@shop.example"])])
        #expect(policy.tags.webhook(named: "shop-github")?.secrets == [.file("/etc/tminus/secrets/shop-hook")])
    }
}
