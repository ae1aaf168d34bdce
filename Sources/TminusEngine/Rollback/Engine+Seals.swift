internal import Logging
internal import TminusCore
internal import TminusModel
internal import TminusPorts

/// Seals what stood when a phase was done, and looks at it again before the next one begins.
extension Engine {
    /// Faults that are named one by one.
    private static let faultsNamed = 5

    func keepSeal(_ phase: Int, since: Int, of run: LiveRun) {
        guard let seal = run.driver?.state.seal(ofPhase: phase, at: now) else { return }
        shelving += 1
        let before = shelvingLast
        shelvingLast = Task {
            await before?.value
            do throws(EngineError) {
                let digest = try await self.keep(seal)
                self.measured(run, .sealKept(phase: phase, digest: digest, since: since))
            } catch {
                self.logger.error("\(seal.phase) of \(seal.run) could not be sealed: \(error)")
                let fault = "it could not be sealed: \(error.description)"
                self.measured(run, .sealChecked(phase: phase, digest: nil, faults: [fault]))
            }
            self.shelving -= 1
            self.noteIdle()
        }
    }

    private func keep(_ seal: PhaseSeal) async throws(EngineError) -> String {
        guard let shelf = parts.shelf else { return parts.digest(seal.json.bytes) }
        let (files, faults) = await pinned(seal.plan, of: seal.run)
        guard faults.isEmpty else { throw EngineError(.files, faults.joined(separator: "; ")) }
        return try await shelf.keep(seal, files: files)
    }

    func checkSeal(_ phase: Int, digest: String, of run: LiveRun) {
        guard let plan = run.plan, plan.phases.indices.contains(phase), let known = run.driver?.state.digest else {
            return
        }
        Task {
            let (found, faults) = await look(at: plan, phase, of: run.run, plan: known, expected: digest)
            if !faults.isEmpty {
                logger.error("\(run.run) can't go on from \(plan.phases[phase].name): \(faults)")
            }
            measured(run, .sealChecked(phase: phase, digest: found, faults: faults))
        }
    }

    /// Without a shelf the journal alone is believed.
    private func look(
        at plan: Plan, _ phase: Int, of run: String, plan known: String, expected: String
    ) async -> (digest: String?, faults: [String]) {
        var found: String? = expected
        var faults: [String] = []
        if let shelf = parts.shelf {
            do throws(EngineError) {
                let (seal, digest) = try await shelf.seal(of: run, phase: plan.phases[phase].name)
                found = digest
                if digest != expected || seal.run != run || seal.digest != known {
                    faults.append("another seal lies in the place of the one that the journal knows")
                }
            } catch {
                found = nil
                faults.append(error.description)
            }
        }
        let files = await pinned(plan, of: run).faults
        faults += files.prefix(Self.faultsNamed)
        if files.count > Self.faultsNamed {
            faults.append("\(files.count - Self.faultsNamed) more files are not as they were")
        }
        return (found, faults)
    }

    /// What a plan pins, as the run keeps it, by digest; and a sentence for each file that is not what was pinned.
    private func pinned(_ plan: Plan, of run: String) async -> (files: [String: [UInt8]], faults: [String]) {
        var files: [String: [UInt8]] = [:]
        var faults: [String] = []
        for file in plan.files {
            do throws(EngineError) {
                let content = try await parts.files.content(of: file, in: run)
                if await Self.isContent(content, of: file, parts.digest) {
                    files[file.digest] = content
                } else {
                    faults.append(
                        "\(file.path) was changed in \(parts.files.folder(of: run)): put it back as it was (SHA-256 "
                            + "\(file.digest)), or abort the run and start it anew")
                }
            } catch {
                faults.append("\(error.description): put it back (SHA-256 \(file.digest)), or start the run anew")
            }
        }
        return (files, faults)
    }

    /// Off the engine: there may be many megabytes.
    private nonisolated static func isContent(
        _ content: [UInt8], of file: PinnedFile, _ hash: @Sendable ([UInt8]) -> String
    ) async -> Bool {
        Int64(content.count) == file.size && hash(content) == file.digest
    }
}
