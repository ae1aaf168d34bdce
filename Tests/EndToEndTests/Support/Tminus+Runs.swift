import Foundation

extension Tminus {
    /// Submits a pipeline and leaves it alone; the run's name.
    func submit(_ file: String, _ more: String...) async throws -> String {
        let ended = try await start(["run", file, "--detach", "--json"] + more).ended()
        guard let run = (ended.json as? [String: Any])?["run"] as? String else {
            throw WaitProblem("\(file) was not taken (\(ended.status)): \(ended.output)\(ended.errors)")
        }
        return run
    }

    /// The whole journal of a run.
    func export(_ run: String) async throws -> [RunEvent] {
        let ended = try await self.run("run", "export", run)
        guard ended.status == 0 else { throw WaitProblem("no export of \(run): \(ended.errors)") }
        return try ended.output.split(separator: "\n").map { try RunEvent(String($0)) }
    }

    /// Copies files of `Fixtures` beside the pipelines; those without an extension are programs.
    func add(fixtures names: String...) throws {
        let folder = Self.root.appendingPathComponent("Tests/EndToEndTests/Fixtures")
        for name in names {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            try write(name, text, executable: !name.contains("."))
        }
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }

    /// The lines that `mark` and its like wrote to a file.
    func lines(_ name: String) -> [String] { read(name).split(separator: "\n").map(String.init) }

    /// The pid of the shim that claimed an attempt; nil before it has.
    func shim(of run: String, _ step: String, _ attempt: String = "1") -> Int32? {
        let claim = read("data/runs/\(run)/\(step)/\(attempt)/claim").split(separator: "\n")
        return claim.first { $0.hasPrefix("shim ") }.flatMap { Int32($0.dropFirst(5)) }
    }
}
