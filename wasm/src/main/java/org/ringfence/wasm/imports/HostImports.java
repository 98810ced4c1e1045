package org.ringfence.wasm.imports;

import static org.ringfence.wasm.imports.Signature.Type.I64;

import java.util.List;
import org.ringfence.stack.host.kvm.AnyFrame;

/** What a host's code does on every protection. */
public final class HostImports {
    /** The library. */
    public static final Library LIBRARY = new Library(
            "host",
            "memory of a host's",
            List.of(new Import(
                    "any_frame",
                    Signature.of().giving(I64),
                    "a choice among all frames, in use or not; its HPA",
                    call -> Reply.of(ImportedFrames.asked(call, new AnyFrame(call.geometry().frames()))))));

    private HostImports() {}
}
