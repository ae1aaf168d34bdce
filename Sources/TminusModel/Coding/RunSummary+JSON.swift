extension RunSummary: ReadFromJSON {
    package var json: JSON {
        .members([
            "run": .string(run), "pipeline": .string(pipeline), "service": .string(service),
            "environment": .string(environment), "status": .string(status.word), "by": .string(by),
            "submittedMilliseconds": .milliseconds(submitted), "endedMilliseconds": .milliseconds(ended),
            "headline": .string(headline),
        ])
    }

    package init(json: JSON) throws(CodingFault) {
        var fields = try Fields(json)
        self.init(
            run: try fields.text("run"), pipeline: try fields.text("pipeline"), service: try fields.text("service"),
            environment: try fields.text("environment"),
            status: try fields.required("status", RunStatus.init(json:)), by: try fields.text("by"),
            submitted: try fields.instant("submittedMilliseconds"),
            ended: try fields.optionalInstant("endedMilliseconds"), headline: try fields.text("headline"))
        try fields.finish()
    }
}

extension RunStatus {
    fileprivate init(json: JSON) throws(CodingFault) {
        let word = try String(json: json)
        guard let status = RunStatus(word: word) else {
            throw CodingFault(reason: "\(CodingFault.quoted(word)) is no status this version knows")
        }
        self = status
    }
}
