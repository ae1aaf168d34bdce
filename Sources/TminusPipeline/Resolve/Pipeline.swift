import Crypto
package import TminusModel

/// A pipeline as it was written, checked: ready to become a plan once its inputs are known.
package struct Pipeline: Sendable {
    /// As the person named it.
    package let path: String
    /// The plan but for the values of inputs and the pinned files.
    package let draft: Plan
    /// In the order declared.
    package let inputs: [InputSpec]
    let pins: [PinRequest]
    let source: SourceText
    /// What is not wrong but worth a look; sorted by place.
    package let warnings: [Diagnostic]
}

/// A plan with everything a run of it needs.
package struct Resolved: Sendable {
    package let plan: Plan
    /// The bytes of `plan.files`, by SHA-256 in lower-case hexadecimal.
    package let files: [String: [UInt8]]
    /// Sorted by place.
    package let warnings: [Diagnostic]
    /// SHA-256 of the plan's canonical JSON, lower-case hexadecimal.
    package let digest: String

    /// The same with another plan, which pins the same files.
    package func with(_ plan: Plan) -> Resolved {
        Resolved(plan: plan, files: files, warnings: warnings, digest: Self.digest(of: plan))
    }

    static func digest(of plan: Plan) -> String {
        SHA256.hash(data: plan.json.bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
