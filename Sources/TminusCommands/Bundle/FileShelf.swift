import Glibc
import TminusAttempts
import TminusCore
import TminusEngine
import TminusModel

/// Rollback bundles in `bundles/<service>/<environment>/<run>.bundle`.
struct FileShelf: BundleShelf {
    let directory: DataDirectory

    /// So many of each target are kept, of those that are in place.
    static let keptMax = 10

    func keep(_ bundle: RollbackBundle, files: [String: [UInt8]]) async throws(EngineError) {
        do throws(Failure) {
            let folder = folder(bundle.record.service, bundle.record.environment)
            try DurableFile.make(folder)
            let bytes = try BundleFile(bundle, files).bytes(EngineKey(directory))
            try DurableFile.write(bytes, to: "\(folder)/\(bundle.record.run).bundle")
        } catch {
            throw EngineError(.files, error.description)
        }
        try await prune(bundle.record.service, bundle.record.environment)
    }

    func mirror() async -> String? {
        do throws(Failure) {
            try SecondBundles(directory: directory)?.update()
            return nil
        } catch {
            return error.description
        }
    }

    func keep(_ seal: PhaseSeal, files: [String: [UInt8]]) async throws(EngineError) -> String {
        do throws(Failure) {
            try DurableFile.make(directory.seals)
            let json = SealFile(seal: seal, files: files).json
            let bytes = try SignedFile.bytes(.seal, json, EngineKey(directory))
            try DurableFile.write(bytes, to: path(ofSeal: seal.run, seal.phase))
            return Digest.sha256(json.bytes)
        } catch {
            throw EngineError(.files, error.description)
        }
    }

    func seal(of run: String, phase: String) async throws(EngineError) -> (seal: PhaseSeal, digest: String) {
        let path = path(ofSeal: run, phase)
        guard access(path, F_OK) == 0 else {
            throw EngineError(.files, "its seal is gone: \(path) is not there")
        }
        do throws(Failure) {
            let file = try SealFile(path, trusted: EngineKey.trusted(directory))
            return (file.seal, file.digest)
        } catch {
            throw EngineError(.files, error.description)
        }
    }

    func removeSeals(of run: String) async -> Int64 {
        var freed: Int64 = 0
        for name in DurableFile.names(in: directory.seals) where name.hasPrefix("\(run).") && name.hasSuffix(".seal") {
            // A phase's name has no point here: what has one is another run's.
            guard !name.dropFirst(run.count + 1).dropLast(5).contains(".") else { continue }
            var status = stat()
            let path = "\(directory.seals)/\(name)"
            if stat(path, &status) == 0, unlink(path) == 0 { freed += Int64(status.st_size) }
        }
        // Or a power cut could bring them back, and nobody would look for them. They would do no harm.
        if freed > 0 { try? DurableFile.sync(directory.seals) }
        return freed
    }

    func open(_ bytes: [UInt8]) async throws(EngineError) -> OpenedSeal {
        let name = "this seal"
        do throws(Failure) {
            let signed = try SignedFile(bytes, .seal, name)
            guard EngineKey.isTrusted(signed.publicKey, by: directory) else {
                throw Failure(
                    .badInput,
                    "\(name) is signed by a key that is not trusted here, \(Hexadecimal.text(signed.publicKey)). If "
                        + "you know whose it is, put its engine's keys/engine.pub into \(directory.keys)/trusted/")
            }
            let file = try SealFile(signed, name)
            let plan = file.seal.plan
            if let missing = plan.files.first(where: { file.files[$0.digest] == nil }) {
                throw Failure(.badInput, "\(name) lacks the file \(missing.path)")
            }
            guard plan.folder == "." || access(plan.folder, F_OK | X_OK) == 0 else {
                throw Failure(
                    .badInput,
                    "its steps work in \(plan.folder), which is not on this machine: copy the pipeline's folder there, "
                        + "or release from a tag, which brings its folder along")
            }
            return OpenedSeal(
                seal: file.seal, digest: file.digest, key: Hexadecimal.text(file.publicKey), files: file.files)
        } catch {
            throw EngineError(.badPlan, error.description)
        }
    }

    private func path(ofSeal run: String, _ phase: String) -> String {
        "\(directory.seals)/\(run).\(Self.escaped(phase)).seal"
    }

    func runs(service: String, environment: String) async -> [String] {
        Self.runs(in: folder(service, environment))
    }

    func bundles(service: String?, environment: String?) async throws(EngineError) -> [RollbackBundle] {
        let keys = EngineKey.allTrusted(by: directory)
        var bundles: [RollbackBundle] = []
        for path in paths(service, environment) {
            // One that is broken or foreign must not stand between a person and the others; `bundle verify` names it.
            if let file = try? BundleFile(path, among: keys) { bundles.append(file.bundle) }
        }
        return bundles
    }

    func files(of record: ReleaseRecord) async throws(EngineError) -> [String: [UInt8]] {
        let path = "\(folder(record.service, record.environment))/\(record.run).bundle"
        do throws(Failure) { return try BundleFile(path, among: EngineKey.allTrusted(by: directory)).files } catch {
            throw EngineError(.files, error.description)
        }
    }

    func lostAttempts(of pipelines: [String]) async -> [String] {
        LostAttempts(runs: directory.runs).live(of: pipelines)
    }

    func stopLostAttempts(of pipelines: [String]) async throws(EngineError) {
        let left = await LostAttempts(runs: directory.runs).stop(of: pipelines)
        guard left.isEmpty else {
            throw EngineError(
                .unavailable,
                "\(left.joined(separator: ", ")) could not be stopped, so nothing is undone beside it; end it by hand")
        }
    }

    /// Whether a target has any.
    func hasBundles(service: String, environment: String) -> Bool {
        !Self.runs(in: folder(service, environment)).isEmpty
    }

    func paths(_ service: String?, _ environment: String?) -> [String] {
        let root = directory.bundles
        let services = service.map { [Self.escaped($0)] } ?? DurableFile.names(in: root)
        return services.flatMap { service -> [String] in
            let environments = environment.map { [Self.escaped($0)] } ?? DurableFile.names(in: "\(root)/\(service)")
            return environments.flatMap { environment in
                let folder = "\(root)/\(service)/\(environment)"
                return Self.runs(in: folder).map { "\(folder)/\($0).bundle" }
            }
        }
    }

    private static func runs(in folder: String) -> [String] {
        DurableFile.names(in: folder).filter { $0.hasSuffix(".bundle") }.map { String($0.dropLast(7)) }
    }

    private func folder(_ service: String, _ environment: String) -> String {
        "\(directory.bundles)/\(Self.escaped(service))/\(Self.escaped(environment))"
    }

    /// Drops what was taken back, and what lies too deep. A release goes before the rollback that took it away: the
    /// other way round it would seem to be in place again.
    private func prune(_ service: String, _ environment: String) async throws(EngineError) {
        let records = try await bundles(service: service, environment: environment).map(\.record)
            .sorted { ($1.ended, $1.run) < ($0.ended, $0.run) }
        let kept = ReleaseStack(records).entries.suffix(Self.keptMax)
        let names = Set(kept.flatMap { [$0.record.run] + $0.unfinished })
        let gone = records.filter { !names.contains($0.run) }
        let order = gone.filter { !$0.isRollback } + gone.filter(\.isRollback)
        try await drop(order.map(\.run), service: service, environment: environment)
    }

    func drop(_ runs: [String], service: String, environment: String) async throws(EngineError) {
        let folder = folder(service, environment)
        for run in runs {
            guard unlink("\(folder)/\(run).bundle") == 0 else { continue }
            // A power cut must not bring an earlier one back and take a later one.
            do throws(Failure) { try DurableFile.sync(folder) } catch {
                throw EngineError(.files, error.description)
            }
        }
    }

    /// A name as one part of a path: bytes beyond letters, digits, `-` and `_` as `%` and two digits.
    static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%" + Hexadecimal.text([byte])
            }
        }
        return text
    }
}

extension ReleaseRecord {
    fileprivate var isRollback: Bool {
        if case .rollback = lineage { true } else { false }
    }
}
