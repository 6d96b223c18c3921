import Planning

extension Configuration {
    /// Reads every key there is; wrong ones keep their value and are reported by the reader.
    mutating func read(_ reader: inout SettingReader) {
        inbox.read(&reader)
        originals.path = reader.path("originals.path", originals.path)
        quarantine.path = reader.path("quarantine.path", quarantine.path)
        state.path = reader.path("state.path", state.path)
        storage.kind = reader.choice("storage.kind", storage.kind)
        storage.path = reader.path("storage.path", storage.path)
        storage.grace = reader.duration(
            "storage.grace", storage.grace, in: .zero ... .seconds(3650 * 86_400))
        storage.generations = reader.integer(
            "storage.generations", storage.generations, in: 1...1000)
        storage.collect = reader.duration(
            "storage.collect", storage.collect, in: .zero ... .seconds(365 * 86_400))
        control.socket = reader.path("control.socket", control.socket)
        control.readers = reader.names("control.readers", control.readers)
        control.operators = reader.names("control.operators", control.operators)
        workers.read(&reader)
        recipes.path = reader.path("recipes.path", recipes.path)
        recipes.default = reader.text("recipes.default", recipes.default)
        limits.read(&reader)
        members.read(&reader)
        sandbox = reader.choice("sandbox", sandbox)
        log.level = reader.choice("log.level", log.level)
        log.format = reader.choice("log.format", log.format)
        checkSocketLength(&reader)
    }

    /// The socket is bound beside its name first, in a place whose path may be the longer one.
    private func checkSocketLength(_ reader: inout SettingReader) {
        let (socket, limit) = (control.socket, UnixAddress.longestPath)
        let excess = SocketNursery.longestPath(for: socket) - limit
        guard excess > 0 else { return }
        guard socket.utf8.count <= limit else {
            return reader.reject(
                "control.socket",
                "found a path of \(socket.utf8.count) bytes, expected at most \(limit): "
                    + "the kernel's limit for a socket's name")
        }
        let directory =
            socket.utf8.lastIndex(of: UInt8(ascii: "/")).map {
                socket.utf8.distance(from: socket.startIndex, to: $0)
            } ?? 0
        reader.reject(
            "control.socket",
            "found a path whose directory has \(directory) bytes, expected at most "
                + "\(directory - excess): the kernel's limit for what is made in it")
    }
}

extension Configuration.Inbox {
    mutating func read(_ reader: inout SettingReader) {
        path = reader.path("inbox.path", path)
        settle = reader.duration("inbox.settle", settle, in: .zero ... .seconds(3600))
        sidecarWait = reader.duration(
            "inbox.sidecarWait", sidecarWait, in: .zero ... .seconds(3600))
        rescan = reader.duration("inbox.rescan", rescan, in: .seconds(1) ... .seconds(86_400))
        polling = reader.choice("inbox.polling", polling)
        pollingInterval = reader.duration(
            "inbox.pollingInterval", pollingInterval, in: .milliseconds(100) ... .seconds(3600))
        minimumFree = reader.automatic(
            "inbox.minimumFree", ByteSizeText.expectation, write: ByteSizeText.format
        ) { ByteSizeText.parse($0) }
    }
}

extension Configuration.Workers {
    mutating func read(_ reader: inout SettingReader) {
        count = reader.automatic(
            "workers.count", "a whole number from 1 to 256", write: \.description
        ) { text in Int(text).flatMap { (1...256).contains($0) ? $0 : nil } }
        memory = reader.automatic(
            "workers.memory", ByteSizeText.expectation, write: ByteSizeText.format
        ) { ByteSizeText.parse($0) }
        drain = reader.duration("workers.drain", drain, in: .zero ... .seconds(3600))
        spare = reader.flag("workers.spare", spare)
    }
}

extension Limits {
    mutating func read(_ reader: inout SettingReader) {
        let bytes: ClosedRange<Int64> = 1...(1 << 50)
        let memory: ClosedRange<Int64> = (256 << 20)...(1 << 40)
        sourceBytes = reader.size("limits.sourceBytes", sourceBytes, in: bytes)
        videoPixels = reader.integer("limits.videoPixels", videoPixels, in: 1...1_000_000_000)
        videoSide = reader.integer("limits.videoSide", videoSide, in: 1...65_536)
        stillPixels = reader.integer("limits.stillPixels", stillPixels, in: 1...10_000_000_000)
        stillSide = reader.integer("limits.stillSide", stillSide, in: 1...10_000_000)
        animationFrames = reader.integer(
            "limits.animationFrames", animationFrames, in: 1...1_000_000)
        animationPixels = reader.integer(
            "limits.animationPixels", animationPixels, in: 1...1_000_000_000_000)
        documentPages = reader.integer("limits.documentPages", documentPages, in: 1...1_000_000)
        drawnPixels = reader.integer(
            "limits.drawnPixels", drawnPixels, in: 1...1_000_000_000)
        documentPageSeconds = reader.integer(
            "limits.documentPageSeconds", documentPageSeconds, in: 1...3600)
        documentSeconds = reader.integer("limits.documentSeconds", documentSeconds, in: 1...86_400)
        documentTextBytes = reader.integer(
            "limits.documentTextBytes", documentTextBytes, in: 1...1_073_741_824)
        drawingBytes = reader.integer("limits.drawingBytes", drawingBytes, in: 1...1_073_741_824)
        drawingElements = reader.integer(
            "limits.drawingElements", drawingElements, in: 1...100_000_000)
        drawingSeconds = reader.integer("limits.drawingSeconds", drawingSeconds, in: 1...3600)
        durationSeconds = reader.number(
            "limits.durationSeconds", durationSeconds, in: 1...31_536_000)
        streams = reader.integer("limits.streams", streams, in: 1...1024)
        analysisSeconds = reader.integer("limits.analysisSeconds", analysisSeconds, in: 1...600)
        probeSeconds = reader.integer("limits.probeSeconds", probeSeconds, in: 1...3600)
        stallSeconds = reader.integer("limits.stallSeconds", stallSeconds, in: 1...3600)
        stillAddressSpace = reader.size(
            "limits.stillAddressSpace", stillAddressSpace, in: memory)
        transcodeAddressSpace = reader.size(
            "limits.transcodeAddressSpace", transcodeAddressSpace, in: memory)
    }
}
