package import TminusModel

extension EngineClient {
    /// Which pipelines a tag may lead to, by the policy's triggers and by what was released before.
    package func sources(ofTag tag: String) async throws(APIError) -> [ReleaseSource] {
        var sources: [ReleaseSource] = []
        for element in try WireReader(await get("/v1/sources" + Self.query(["tag": tag]))).elements("sources") {
            do { sources.append(try ReleaseSource(json: element)) } catch {
                throw APIError(.malformed, "source: \(error)")
            }
        }
        return sources
    }

    /// Runs that ended on a (service, environment), newest first.
    package func releases(
        service: String, environment: String, limit: Int = 100
    ) async throws(APIError) -> [ReleaseRecord] {
        let query = Self.query(["service": service, "environment": environment, "limit": String(limit)])
        var records: [ReleaseRecord] = []
        for element in try WireReader(await get("/v1/releases" + query)).elements("releases") {
            do { records.append(try ReleaseRecord(json: element)) } catch {
                throw APIError(.malformed, "release: \(error)")
            }
        }
        return records
    }
}
