import Foundation
import Testing
import TminusModel
import TminusPorts

@testable import TminusPolicy

@Suite struct PolicyFileTests {
    private static let people = "people: {ann: {accounts: [asato]}}\ngroups: {cab: [ann]}\nrights: {start: [ann]}\n"

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func noFileIsNoPolicy() throws {
        let folder = try TemporaryFolder()
        let file = PolicyFile(paths: ["\(folder.path)/tminus.yaml"])
        #expect(try file.digest() == nil)
        let ann = Person(name: "ann")
        #expect(try file.person(ann) == ann)
    }

    @Test func aFileThatWasNamedMustBeThere() throws {
        let folder = try TemporaryFolder()
        let file = try PolicyFile.standard(dataDirectory: folder.path, named: "\(folder.path)/none.yaml")
        #expect(message { _ = try file.digest() }.contains("which TMINUS_POLICY names"))
        #expect(message { _ = try PolicyFile.standard(dataDirectory: "/", named: "here.yaml") }.contains("absolute"))
    }

    @Test func anAccountBecomesThePersonWithGroupsAndRights() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.people, to: "tminus.yaml")
        let file = try PolicyFile.standard(dataDirectory: folder.path, named: nil)
        let ann = try file.person(Person(name: "asato", groups: ["cab", "users"]))
        #expect(ann.name == "ann")
        #expect(ann.groups == ["cab", "users"])
        #expect(ann.rights == [.start])
        #expect(try file.person(ann) == ann)
        // A Unix group does not make a member of the policy's group of that name.
        let eve = try file.person(Person(name: "eve", groups: ["cab", "users"]))
        #expect(eve.groups == ["users"])
        #expect(eve.rights == [])
        // A token that carries less keeps less; a program keeps what its token says.
        #expect(try file.person(Person(name: "ann", rights: [.review])).rights == [])
        let program = Person(name: "ci", rights: [.start], isAutomation: true)
        #expect(try file.person(program).rights == [.start])
    }

    @Test func aChangeOfTheFileIsSeen() throws {
        let folder = try TemporaryFolder()
        try folder.write("zone: UTC\n", to: "tminus.yaml")
        let file = PolicyFile(paths: ["\(folder.path)/tminus.yaml"])
        let first = try file.digest()
        #expect(first?.count == 64)
        try folder.write("zone: Asia/Tokyo\n", to: "tminus.yaml")
        #expect(try file.digest() != first)
        try folder.write("zone: Asia/Tokio\n", to: "tminus.yaml")
        #expect(message { _ = try file.digest() }.contains("tminus.yaml:1:7: no time zone 'Asia/Tokio'; did you mean"))
        try FileManager.default.removeItem(atPath: "\(folder.path)/tminus.yaml")
        #expect(try file.digest() == nil)
    }

    @Test(arguments: [0o620, 0o602, 0o666]) func aFileThatOthersCanWriteIsRefused(_ mode: Int) throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.people, to: "tminus.yaml", mode: mode)
        let file = PolicyFile(paths: ["\(folder.path)/tminus.yaml"])
        #expect(message { _ = try file.digest() }.contains("chmod go-w"))
    }

    @Test func foldersPipesAndGiantsAreRefused() throws {
        let folder = try TemporaryFolder()
        #expect(message { _ = try PolicyFile(paths: [folder.path]).digest() }.contains("not a regular file"))
        let pipe = "\(folder.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(message { _ = try PolicyFile(paths: [pipe]).digest() }.contains("not a regular file"))
        try folder.write("zone: UTC\n" + String(repeating: "# \n", count: 400_000), to: "big.yaml")
        #expect(message { _ = try PolicyFile(paths: ["\(folder.path)/big.yaml"]).digest() }.contains("1 MiB"))
    }

    @Test func askingFromManyThreadsIsSafe() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.people, to: "tminus.yaml")
        let file = PolicyFile(paths: ["\(folder.path)/tminus.yaml"])
        let names = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<200 { group.addTask { try? file.person(Person(name: "asato")).name } }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(names == ["ann"])
    }

    @Test func aFreezeThatCannotBeReckonedIsNotAdded() throws {
        let file = PolicyFile(paths: ["/nowhere/tminus.yaml"])
        let recurrence = Recurrence(start: "x", zone: "UTC", duration: .seconds(1), rule: "FREQ=DAILY")
        let rule = FreezeRule(name: "a", reason: "r", kind: .deny, times: .recurring(recurrence))
        #expect(throws: PolicyFault.self) { try file.check(rule) }
    }
}
