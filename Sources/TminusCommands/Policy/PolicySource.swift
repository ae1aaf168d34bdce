package import ArgumentParser
import TminusModel
import TminusPipeline
import TminusPolicy
import TminusPorts
import TminusReports

/// Which policy a command reads.
package struct PolicySource: ParsableArguments {
    @Argument(
        help: "The policy's file; left out, the one that the engine reads.", completion: .file(extensions: ["yaml"]))
    package var file: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The data directory whose engine's policy is meant.", valueName: "directory"))
    package var data: String?

    package init() {}

    /// What is wrong goes to standard error as a compiler prints it, or to standard output as JSON.
    ///
    /// - Throws: `Failure`; silent once everything was said.
    func loadOrComplain(
        _ look: LookOptions
    ) throws(Failure) -> (policy: Policy, warnings: [Diagnostic], path: String) {
        do {
            if let file {
                let (policy, warnings) = try PolicyFile.load(path: file)
                return (policy, warnings, file)
            }
            let environment = Environment.current
            let directory = try DataDirectory.found(option: data, environment: environment)
            let standard = try PolicyFile.standard(
                dataDirectory: directory.path, named: environment["TMINUS_POLICY"])
            guard let found = try standard.found() else {
                throw Failure(
                    .failed,
                    "there is no policy at \(standard.paths.joined(separator: " or ")): everybody who reaches the "
                        + "engine may do everything")
            }
            return found
        } catch let error as DiagnosticsError {
            if look.json { Output(look).print(error.json) } else { Output.complain(error.description) }
            throw Failure.silent(.badInput)
        } catch let error as PolicyFault {
            throw Failure(.badInput, error.description)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(.failed, "\(error)")
        }
    }
}
