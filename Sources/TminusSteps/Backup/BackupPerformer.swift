import TminusModel

/// Establishes that a usable backup exists. What can't be established never passes.
struct BackupPerformer {
    /// Bytes of an attestation, at most 1 MiB.
    static let attestationBytesMax = 1024 * 1024

    var check: BackupCheck
    var surroundings: PerformanceSurroundings

    func perform() -> PerformanceOutcome {
        switch check.tool {
        case .restic(let repository, let path):
            ResticCheck(repository: repository, path: path, check: check, surroundings: surroundings).perform()
        case .attestation(let file): perform(attestationFile: file)
        case .attestationCommand(let command): perform(attestationCommand: command)
        }
    }

    private func perform(attestationFile file: String) -> PerformanceOutcome {
        do throws(SmallFile.Failure) {
            return judge(try SmallFile.read(surroundings.resolve(file), limit: Self.attestationBytesMax), from: file)
        } catch {
            let why =
                switch error {
                case .unreadable(let reason): "can't be read: \(reason)"
                case .notAFile: "is not a regular file"
                case .tooLarge: "is larger than 1 MiB"
                }
            return PerformanceOutcome(.no, "the backup attestation \(file) \(why); let the backup tool write it")
        }
    }

    private func perform(attestationCommand command: Command) -> PerformanceOutcome {
        let name = command.isShell ? "the attestation command" : command.argv.first ?? "the attestation command"
        let run = ProcessRun(argv: surroundings.resolve(argv: command.argv), surroundings: surroundings)
        do throws(ProcessRun.Failure) {
            let result = try run.run()
            guard result.succeeded else { return PerformanceOutcome(.no, "\(name) failed with \(result.failure)") }
            guard !result.isOutputCut else { return PerformanceOutcome(.no, "\(name) printed more than 1 MiB") }
            return judge(result.output, from: "the output of \(name)")
        } catch {
            return PerformanceOutcome(.no, error.reason)
        }
    }

    private func judge(_ bytes: [UInt8], from source: String) -> PerformanceOutcome {
        let attestation: BackupAttestation
        do throws(BackupAttestation.Failure) {
            attestation = try BackupAttestation(json: bytes)
        } catch {
            return PerformanceOutcome(.no, "the backup attestation in \(source): \(error.reason)")
        }
        let verdict = BackupVerdict(check: check, attestation: attestation, now: surroundings.now)
        for line in verdict.findings { surroundings.log(line) }
        guard verdict.problems.isEmpty else {
            return PerformanceOutcome(
                .no, "backup \(attestation.id): \(Sentence.list(verdict.problems))", outputs: verdict.outputs
            )
        }
        return PerformanceOutcome(
            .done, "backup \(attestation.id): \(verdict.findings.joined(separator: ", "))", outputs: verdict.outputs
        )
    }
}
