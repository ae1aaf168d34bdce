import Foundation
import TminusMetricSources
import TminusModel
import TminusPipeline
import TminusPorts

@testable import TminusAttempts

/// A reader of bytes from outside. Whatever they are, it answers or refuses; a trap or a broken promise ends the
/// process, which is what a fuzzer looks for.
enum FuzzTarget: String, CaseIterable, Sendable {
    case json, duration, page, attempt, pipeline, slo
    case window, policy, webhook, signature, refname, token

    func feed(_ bytes: [UInt8]) {
        switch self {
        case .json: Self.json(bytes)
        case .duration: Self.duration(bytes)
        case .page: Self.page(bytes)
        case .attempt: Self.attempt(bytes)
        case .pipeline: Self.load(bytes, named: "pipeline.yaml")
        case .slo: Self.slo(bytes)
        case .window: Self.window(bytes)
        case .policy: Self.policy(bytes)
        case .webhook: Self.webhook(bytes)
        case .signature: Self.signature(bytes)
        case .refname: Self.refname(bytes)
        case .token: Self.token(bytes)
        }
    }

    /// Its seeds: small files that reach deep.
    var seeds: [[UInt8]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
        let folder = root.appending(path: "Seeds/\(rawValue)")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { try? [UInt8](Data(contentsOf: folder.appending(path: $0))) }
    }

    // MARK: Readers

    private static func json(_ bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes) else { return }
        precondition((try? JSON(parsing: json.bytes)) == json, "written and read again, it is something else")
    }

    private static func duration(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let duration = Duration(releaseText: text) else { return }
        precondition(duration >= .zero && duration.milliseconds <= Duration.longestMilliseconds, "out of range")
        precondition(!duration.releaseText.isEmpty, "no words for it")
    }

    private static func page(_ bytes: [UInt8]) {
        let selectors = [
            CounterSelector(metric: "http_requests_total"),
            CounterSelector(metric: "http_requests_total", labels: [Variable(name: "code", value: "500")]),
        ]
        guard let counters = try? PrometheusPage.counters(selectors, in: bytes) else { return }
        precondition(counters.count == selectors.count, "a selector without its answer")
    }

    private static func slo(_ bytes: [UInt8]) {
        place("pipeline.yaml", Array("pipeline: a\nservice: shop\nenvironment: prod\nslo: slo.yaml\nsteps: []\n".utf8))
        load(bytes, named: "slo.yaml")
    }

    private static func load(_ bytes: [UInt8], named name: String) {
        place(name, bytes)
        do {
            _ = try PipelineLoader.load(path: "\(folder)/pipeline.yaml").validate()
        } catch {
            precondition(!error.diagnostics.isEmpty, "refused without a reason")
        }
    }

    /// The files of an attempt, in order and with 0xFE between them: exit, claim, spec, output. An empty one is none.
    private static func attempt(_ bytes: [UInt8]) {
        let files = bytes.split(separator: 0xFE, maxSplits: 3, omittingEmptySubsequences: false).map(Array.init)
        let path = "\(folder)/attempt"
        try? FileManager.default.removeItem(atPath: path)
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, file) in zip(["exit", "claim", "spec", "output"], files) where !file.isEmpty {
            place("attempt/\(name)", file)
        }
        let directory = AttemptDirectory(path: path, boot: "b", runIsOfThisBoot: true)
        let claim = files.count > 1 ? files[1] : []
        guard let evidence = try? directory.settle() else { return }
        switch evidence {
        case .over:
            let inClaim = ExitRecord(Array(claim.dropFirst(ExitRecord.offsetInClaim)))
            precondition(files.first.flatMap { ExitRecord($0) } != nil || inClaim != nil, "over without a record")
        case .neverStarted:
            precondition(claim.isEmpty || claim.starts(with: "tminus-tombstone".utf8), "claimed, and never started")
        case .vanished: break
        case .alive, .orphaned: preconditionFailure("alive without a shim")
        }
        precondition((try? directory.settle()) == evidence, "told otherwise the second time")
        let key = AttemptKey(run: "r", attempt: .step(AttemptID(step: StepIndex(0), number: 1)))
        let subject = AttemptSubject(
            key: key, directory: directory, masks: SecretMasks(of: [Array("a secret".utf8)]), unreadableSecret: nil)
        if case .over(let result) = subject.conclusion() {
            precondition((result.note?.utf8.count ?? 0) <= AttemptSubject.noteBytesMax, "too long a note")
        }
    }

    // MARK: Files

    private static let folder: String = {
        let path = NSTemporaryDirectory() + "/tminus-fuzz-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }()

    /// Removes what the readers of files needed.
    static func tidyUp() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func place(_ name: String, _ bytes: [UInt8]) {
        _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(bytes))
    }
}
