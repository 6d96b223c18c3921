import CFFmpeg

/// An initialised SwrContext, freed by the last reference.
@safe final class ResamplerContext {
    let raw: OpaquePointer

    init(
        _ input: Resampler.Format, _ output: Resampler.Format, _ mixMatrix: [[Double]]?,
        _ options: [String: String]
    ) throws(FFmpegError) {
        var allocated: OpaquePointer?
        try check("swr_alloc_set_opts2") {
            unsafe output.channelLayout.withRaw { outputLayout in
                unsafe input.channelLayout.withRaw { inputLayout in
                    unsafe swr_alloc_set_opts2(
                        &allocated, outputLayout, output.sampleFormat.raw,
                        Int32(output.sampleRate), inputLayout, input.sampleFormat.raw,
                        Int32(input.sampleRate), 0, nil)
                }
            }
        }
        guard let raw = unsafe allocated else { throw allocationFailure("swr_alloc_set_opts2") }
        unsafe self.raw = raw
        for (name, value) in options {
            try check("av_opt_set", path: name) {
                unsafe av_opt_set(UnsafeMutableRawPointer(raw), name, value, 0)
            }
        }
        if let mixMatrix {
            let inputs = input.channelLayout.channelCount
            precondition(
                mixMatrix.count == output.channelLayout.channelCount
                    && mixMatrix.allSatisfy { $0.count == inputs },
                "the mix matrix must have a row per output and a column per input channel")
            let numbers = mixMatrix.flatMap { $0 }
            try check("swr_set_matrix") {
                unsafe numbers.withUnsafeBufferPointer {
                    unsafe swr_set_matrix(raw, $0.baseAddress, Int32(inputs))
                }
            }
        }
        try check("swr_init") { unsafe swr_init(raw) }
    }

    deinit {
        var raw: OpaquePointer? = unsafe self.raw
        unsafe swr_free(&raw)
    }
}
