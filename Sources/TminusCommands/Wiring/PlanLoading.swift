import TminusAPI
import TminusGit
import TminusModel
import TminusPipeline

/// From a pipeline's file and the inputs given to a plan. Touches no engine and writes nothing.
enum PlanLoading {
    /// - Throws: `DiagnosticsError` with everything that is wrong.
    static func resolve(_ file: String, _ inputs: [InputOption]) throws -> Resolved {
        let pipeline = try PipelineLoader.load(path: file)
        return try pipeline.resolve(inputs: inputs.map { ($0.name, $0.value) }) { repository, tag in
            let found = try GitRepository.open(repository).resolveTag(tag)
            return TagPin(object: found.object, commit: found.commit)
        }
    }

    /// The same; what is wrong goes to standard error as a compiler prints it, or to standard output as JSON.
    ///
    /// - Throws: `Failure.silent(.badInput)` once everything was said.
    static func resolveOrComplain(_ file: String, _ inputs: [InputOption], _ look: LookOptions) throws -> Resolved {
        try complaining(look) { try resolve(file, inputs) }
    }

    static func complaining(_ look: LookOptions, _ load: () throws -> Resolved) throws -> Resolved {
        do {
            let resolved = try load()
            for warning in resolved.warnings where !look.json { Output.complain(warning.text) }
            return resolved
        } catch let error as DiagnosticsError {
            if look.json { Output(look).print(error.json) } else { Output.complain(error.description) }
            throw Failure.silent(.badInput)
        }
    }
}

extension RunOrder {
    init(_ resolved: Resolved, reason: String?, pausesAfter: Int?) {
        let files = resolved.files.keys.sorted().compactMap { digest in
            resolved.files[digest].map { Content(digest: digest, bytes: $0) }
        }
        self.init(
            plan: resolved.plan, digest: resolved.digest, files: files, reason: reason, pausesAfter: pausesAfter)
    }
}
