import Foundation
import Logging
import Testing
import TminusCommands
import TminusModel

@Suite
struct EngineLogTests {
    @Test func linesAreJSONAndTheFileIsMovedAsideWhenItIsFull() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tm-log-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "engine.log").path
        let log = try EngineLog(path: path, takesStandardError: false, bytesMax: 1_000)
        let logger = Logger(label: "test") { EngineLogHandler(log, label: $0, isEchoed: false) }
        for number in 0..<30 { logger.info("line \"\(number)\"\n", metadata: ["run": "shop-1"]) }
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let json = try JSON(parsing: String(line))
            #expect(json["level"] == .string("info"))
            #expect(json["run"] == .string("shop-1"))
        }
        #expect(lines.last?.contains("29") == true)
        #expect(FileManager.default.fileExists(atPath: path + ".1"))
        #expect(try Data(contentsOf: URL(filePath: path)).count <= 1_000)
    }
}
