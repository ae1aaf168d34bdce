package import TminusModel

extension Pipeline {
    /// The frozen plan of this pipeline for the inputs given.
    ///
    /// `inputs` are the names and values of `--input name=value`, in order. Throws every mistake at once: unknown,
    /// repeated and missing inputs, values that do not fit their type, files that are not there.
    ///
    /// `resolveTag` says what a git tag points at: given by the caller, who knows git. `repository` is an absolute
    /// path; what it throws becomes the diagnostic, by its description.
    ///
    /// Of a pipeline read from a tag, `place` is where it was read from, and `source` that tag: a `tag` input of the
    /// pipeline's own repository that is not given is that tag, pinned as it is.
    package func resolve(
        inputs given: [(name: String, value: String)], in place: (any PipelinePlace)? = nil,
        from origin: PlanSource? = nil,
        resolveTag: (_ repository: String, _ tag: String) throws -> TagPin
    ) throws(DiagnosticsError) -> Resolved {
        var list = DiagnosticList()
        let values = values(given, origin, &list)
        let planInputs = values.compactMap { spec, value in
            if let origin, spec.isOwnTag, value == origin.tag {
                let pin = TagPin(object: origin.object, commit: origin.commit)
                return PlanInput(name: spec.name, kind: spec.kind, value: value, pin: pin)
            }
            return planInput(spec, value, resolveTag, &list)
        }
        return try resolved(planInputs, in: place, from: origin, &list)
    }

    /// Checks all that can be checked without inputs: the plan has example values where no default is declared.
    ///
    /// Throws what is wrong with the files it names.
    package func validate() throws(DiagnosticsError) -> Resolved {
        var list = DiagnosticList()
        let planInputs = inputs.map { PlanInput(name: $0.name, kind: $0.kind, value: $0.exampleValue) }
        return try resolved(planInputs, in: nil, from: nil, &list)
    }

    private func resolved(
        _ planInputs: [PlanInput], in place: (any PipelinePlace)?, from origin: PlanSource?,
        _ list: inout DiagnosticList
    ) throws(DiagnosticsError) -> Resolved {
        let pinned = PinnedFiles(pins, in: place ?? DiskPlace(folder: draft.folder), source: source)
        list.add(contentsOf: pinned.list.diagnostics)
        try list.throwIfErrors()
        var plan = draft
        plan.inputs = planInputs
        plan.files = pinned.files
        plan.source = origin
        return Resolved(
            plan: plan, files: pinned.contents, warnings: warnings + list.diagnostics,
            digest: Resolved.digest(of: plan))
    }

    // MARK: - Inputs

    private func values(
        _ given: [(name: String, value: String)], _ origin: PlanSource?, _ list: inout DiagnosticList
    ) -> [(spec: InputSpec, value: String)] {
        var seen: Set<String> = []
        for (name, value) in given {
            if !inputs.contains(where: { $0.name == name }) {
                let names = inputs.map(\.name)
                let otherwise =
                    names.isEmpty
                    ? "the pipeline declares no inputs" : "its inputs are \(listed(names, joinedBy: "and"))"
                list.add(
                    Self.commandLine(
                        name, value, width: name.unicodeScalars.count,
                        "pipeline '\(draft.pipeline)' has no input '\(name)'",
                        fix: Nearest.fix(for: name, in: names, otherwise: otherwise)))
            } else if !seen.insert(name).inserted {
                list.add(
                    Self.commandLine(
                        name, value, width: name.unicodeScalars.count, "input '\(name)' is given twice",
                        fix: "give it once"))
            }
        }
        return inputs.compactMap { spec in
            if let value = given.first(where: { $0.name == spec.name })?.value {
                return accepted(value, spec, &list) ? (spec, value) : nil
            }
            if let origin, spec.isOwnTag { return (spec, origin.tag) }
            if let fallback = spec.fallback { return (spec, fallback) }
            let width = source.width(at: spec.key.mark, plainLength: spec.name.unicodeScalars.count)
            list.add(
                source.diagnostic(
                    at: spec.key.mark, width: width, "input '\(spec.name)' has no value",
                    fix: "give it: --input \(spec.name)=\(spec.exampleValue)"))
            return nil
        }
    }

    private func accepted(_ value: String, _ spec: InputSpec, _ list: inout DiagnosticList) -> Bool {
        guard let fault = spec.fault(in: value) else { return true }
        let whole = fault.offset == 0
        list.add(
            Self.commandLine(
                spec.name, value, column: spec.name.unicodeScalars.count + 2 + fault.offset,
                width: whole ? value.unicodeScalars.count : 1,
                "the \(spec.kind.rawValue) given for input '\(spec.name)' \(fault.message)", fix: fault.fix))
        return false
    }

    private func planInput(
        _ spec: InputSpec, _ value: String, _ resolveTag: (_ repository: String, _ tag: String) throws -> TagPin,
        _ list: inout DiagnosticList
    ) -> PlanInput? {
        guard spec.kind == .tag else { return PlanInput(name: spec.name, kind: spec.kind, value: value) }
        do {
            let pin = try resolveTag(spec.repository, value)
            return PlanInput(name: spec.name, kind: spec.kind, value: value, pin: pin)
        } catch {
            list.add(
                Self.commandLine(
                    spec.name, value, column: spec.name.unicodeScalars.count + 2, width: value.unicodeScalars.count,
                    "tag '\(value)' cannot be resolved: \(error)",
                    fix: "create or fetch the tag in \(spec.repository)"))
            return nil
        }
    }

    /// A diagnostic about `--input name=value`, which stands in no file.
    private static func commandLine(
        _ name: String, _ value: String, column: Int = 1, width: Int, _ message: String, fix: String
    ) -> Diagnostic {
        Diagnostic(
            file: "--input", column: column, width: width, source: "\(name)=\(value)", message: message, fix: fix)
    }
}
