import Foundation
import Testing
import TminusModel

@testable import TminusPipeline

@Suite struct PinnedFileTests {
    private let head = "pipeline: demo\nenvironment: staging\nsteps:\n"

    private func validate(_ folder: TemporaryFolder, _ steps: String) throws -> Result<Resolved, DiagnosticsError> {
        try folder.write(head + steps, to: "p.yaml")
        do throws(DiagnosticsError) {
            return .success(try PipelineLoader.load(path: folder.path + "/p.yaml").validate())
        } catch {
            return .failure(error)
        }
    }

    private func messages(_ folder: TemporaryFolder, _ steps: String) throws -> [String] {
        switch try validate(folder, steps) {
        case .success: []
        case .failure(let error): error.diagnostics.map(\.message)
        }
    }

    @Test func programsAndMigrationsArePinnedWithTheirBytes() throws {
        let folder = try TemporaryFolder()
        try folder.write("#!/bin/sh\n", to: "bin/deploy", isExecutable: true)
        try folder.write("SELECT 1;\n", to: "migrations/001_a.sql")
        try folder.write("SELECT 2;\n", to: "migrations/more/002_b.sql")
        let steps = """
              one:
                run: [./bin/deploy, now]
                rollback: {run: [./bin/deploy, back]}
              two:
                migrate: {directory: ./migrations/, database: {sqlite: a.db}, kind: expand}
            """
        let resolved = try validate(folder, steps).get()
        #expect(resolved.plan.folder == folder.path)
        #expect(resolved.plan.files.map(\.path) == ["bin/deploy", "migrations/001_a.sql", "migrations/more/002_b.sql"])
        #expect(resolved.plan.files.map(\.isExecutable) == [true, false, false])
        #expect(resolved.plan.files.map(\.size) == [10, 10, 10])
        // printf 'SELECT 1;\n' | sha256sum
        #expect(
            resolved.plan.files[1].digest == "b4e0497804e46e0a0b0b8c31975b062152d551bac49c3c2e80932567b4085dcd")
        #expect(resolved.files[resolved.plan.files[0].digest] == Array("#!/bin/sh\n".utf8))
        #expect(resolved.files.count == 3)
        guard case .migrate(let migration) = resolved.plan.steps[1].kind else {
            Issue.record("not a migration")
            return
        }
        #expect(migration.tool == .sqlite(directory: "migrations", database: "a.db"))
    }

    @Test func aChangedFileChangesThePlan() throws {
        let folder = try TemporaryFolder()
        try folder.write("one", to: "deploy", isExecutable: true)
        let first = try validate(folder, "  one:\n    run: [./deploy]\n").get()
        try folder.write("two", to: "deploy", isExecutable: true)
        let second = try validate(folder, "  one:\n    run: [./deploy]\n").get()
        #expect(first.digest != second.digest)
    }

    @Test func whatLeavesTheFolderIsRefused() throws {
        let outside = try TemporaryFolder()
        try outside.write("#!/bin/sh\n", to: "secret", isExecutable: true)
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: outside.path + "/secret")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/out", withDestinationPath: outside.path)
        try folder.write("SELECT 1;\n", to: "migrations/001_a.sql")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/migrations/002_b.sql", withDestinationPath: outside.path + "/secret")
        let leaves = "is a symbolic link that leaves the pipeline's folder"
        #expect(try messages(folder, "  one:\n    run: [./link]\n") == ["'link' \(leaves)"])
        #expect(try messages(folder, "  one:\n    run: [./out/secret]\n") == ["'out/secret' \(leaves)"])
        let migrate = "  one:\n    migrate: {directory: migrations, database: {sqlite: a.db}, kind: expand}\n"
        #expect(try messages(folder, migrate) == ["'migrations/002_b.sql' \(leaves)"])
        #expect(
            try messages(folder, migrate.replacing("directory: migrations", with: "directory: out"))
                == ["'out' leaves the pipeline's folder"])
        for path in ["./../p.yaml", "./a/../../b", "./a//b", "./a/./b"] {
            #expect(try messages(folder, "  one:\n    run: [\"\(path)\"]\n").count == 1, "\(path)")
        }
    }

    @Test func aLinkInsideTheFolderIsFollowed() throws {
        let folder = try TemporaryFolder()
        try folder.write("#!/bin/sh\n", to: "real", isExecutable: true)
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "real")
        #expect(try validate(folder, "  one:\n    run: [./link]\n").get().plan.files.map(\.path) == ["link"])
    }

    @Test func whatCannotRunIsRefused() throws {
        let folder = try TemporaryFolder()
        try folder.write("#!/bin/sh\n", to: "plain")
        #expect(try messages(folder, "  one:\n    run: [./plain]\n") == ["'./plain' is not executable"])
        #expect(mkfifo(folder.path + "/pipe", 0o700) == 0)
        #expect(try messages(folder, "  one:\n    run: [./pipe]\n") == ["'pipe' is not a regular file"])
        try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
        #expect(
            try messages(folder, "  one:\n    migrate: {directory: empty, database: {sqlite: a.db}, kind: data}\n")
                == ["no .sql file in 'empty'"])
    }

    @Test func sixteenMebibytesAreEnough() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] {
            try folder.write(String(repeating: name, count: 9 << 20), to: name, isExecutable: true)
        }
        #expect(try messages(folder, "  one:\n    run: [./a]\n") == [])
        #expect(
            try messages(folder, "  one:\n    run: [./a]\n  two:\n    run: [./b]\n")
                == ["with 'b' the pinned files are more than 16 MiB or 2000 files"])
    }
}
