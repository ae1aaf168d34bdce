import ArgumentParser
import TminusModel

/// A length of time as pipelines write it: `90s`, `1m30s`, `6h`.
package struct LengthOption: ExpressibleByArgument, Equatable, Sendable {
    /// Longer than 0.
    package var length: Duration

    package init?(argument: String) {
        guard let length = Duration(releaseText: argument), length > .zero else { return nil }
        self.length = length
    }
}
