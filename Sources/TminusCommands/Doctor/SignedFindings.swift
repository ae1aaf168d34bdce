import TminusAPI
import TminusModel
import TminusPolicy
import TminusPorts

/// Files of the data directory that prove themselves: rollback bundles and seals by their signatures, the policy by its
/// owner and its text.
struct SignedFindings {
    let directory: DataDirectory
    let now: Instant

    var all: [Finding] { [bundles] + (second.map { [$0] } ?? []) + [seals, policy] }

    /// An engine that runs says it itself: it knows best where it writes.
    private var second: Finding? {
        EngineLock.isHeld(directory) == true ? nil : SecondBundles(directory: directory)?.finding
    }

    private var bundles: Finding {
        // Those brought from a second place are signed by the key that came with them.
        let keys = EngineKey.allTrusted(by: directory)
        let paths = FileShelf(directory: directory).paths(nil, nil)
        for path in paths {
            do throws(Failure) { _ = try BundleFile(path, among: keys) } catch {
                return Finding(
                    .failure, "bundles", error.description,
                    remedy: "going back does not use it: move it away and start the engine anew, which writes what is "
                        + "missing from the journal")
            }
        }
        return Finding(.ok, "bundles", "\(paths.count) rollback bundles are whole and signed by a key trusted here")
    }

    private var seals: Finding {
        let trusted = EngineKey.trusted(directory)
        let names = DurableFile.names(in: directory.seals).filter { $0.hasSuffix(".seal") }
        for name in names {
            do throws(Failure) { _ = try SealFile("\(directory.seals)/\(name)", trusted: trusted) } catch {
                return Finding(
                    .failure, "seals", error.description,
                    remedy: "what it sealed is not proven: run the phase again before anything builds on it")
            }
        }
        return Finding(.ok, "seals", "\(names.count) seals are whole and signed by this engine")
    }

    private var policy: Finding {
        do throws(PolicyFault) {
            let file = try PolicyFile.standard(
                dataDirectory: directory.path, named: Environment.current["TMINUS_POLICY"])
            guard try file.policy() != nil else {
                return Finding(.ok, "policy", "there is none: whoever reaches the control socket may do everything")
            }
            return Finding(.ok, "policy", "\(file.path ?? "it") can be read, and only its owner can write it")
        } catch {
            return Finding(
                .failure, "policy", error.description,
                remedy: "put it right (tminus policy check); until then nothing new starts, and going back still works")
        }
    }
}
