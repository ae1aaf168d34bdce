import Foundation
import Testing
import TminusCommands
import TminusEngine

@Suite
final class AlertFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "tm-alerts-\(UInt32.random(in: 0 ... .max))")
    private var path: String { folder.appending(path: "alerts.json").path }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test func whatIsKeptIsReadAgainAndForItsOwnerAlone() async throws {
        let file = AlertFile(path: path)
        #expect(try await file.read() == nil)
        try await file.keep(Array("one, which is longer".utf8))
        try await file.keep(Array("two".utf8))
        #expect(try await AlertFile(path: path).read() == Array("two".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["alerts.json"])
    }

    /// A crash between writing and renaming leaves the old file whole, and the new one is written over.
    @Test func aTornNewFileChangesNothing() async throws {
        let file = AlertFile(path: path)
        try await file.keep(Array("whole".utf8))
        try Data("to".utf8).write(to: URL(filePath: path + ".new"))
        #expect(try await file.read() == Array("whole".utf8))
        try await file.keep(Array("next".utf8))
        #expect(try await file.read() == Array("next".utf8))
    }

    @Test func whatIsSetAsideStaysBesideIt() async throws {
        let file = AlertFile(path: path)
        try await file.setAside()
        try await file.keep(Array("{".utf8))
        try await file.setAside()
        #expect(try await file.read() == nil)
        #expect(try Data(contentsOf: URL(filePath: path + ".unread")) == Data("{".utf8))
    }

    @Test func aFileThatCannotBeAlertsIsRefused() async throws {
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let descriptor = try FileHandle(forWritingTo: URL(filePath: path))
        try descriptor.truncate(atOffset: 17 << 20)
        try descriptor.close()
        await #expect(throws: EngineError.self) { try await AlertFile(path: self.path).read() }
    }

    @Test func aDiskThatRefusesIsNamed() async throws {
        let file = AlertFile(path: folder.path + "/none/alerts.json")
        let error = await #expect(throws: EngineError.self) { try await file.keep([1]) }
        #expect(error?.description.contains("/none/alerts.json.new: No such file or directory") == true)
    }
}
