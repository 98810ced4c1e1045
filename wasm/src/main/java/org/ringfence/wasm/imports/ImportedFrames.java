package org.ringfence.wasm.imports;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;

/**
 * The host's memory as its code names it: by physical addresses. Frame n lies where page n would, as on every machine
 * of few frames.
 */
final class ImportedFrames {
    private ImportedFrames() {}

    /** The address of a frame that the machine gives. */
    static long asked(ImportCall call, Operation<Frame> operation) {
        return layout(call).gpa(call.ask(operation).index());
    }

    /** Whether argument {@code index} is the address of a frame. */
    static boolean is(ImportCall call, int index) {
        return layout(call).page(call.argument(index)) >= 0;
    }

    /** The frame at argument {@code index}; the check ends where there is none. */
    static Frame at(ImportCall call, int index) {
        return of(call, call.argument(index));
    }

    /** The frame at {@code hpa}; the check ends where there is none. */
    static Frame of(ImportCall call, long hpa) {
        int frame = layout(call).page(hpa);
        if (frame < 0) {
            throw call.refused("names HPA 0x%X, which is no frame of a machine with %d frames"
                    .formatted(hpa, call.geometry().frames()));
        }
        return new Frame(frame);
    }

    /** The size in argument {@code index}: 0 is 4K, 1 is 2M. */
    static Level size(ImportCall call, int index) {
        long size = call.argument(index);
        if (size > 1) {
            throw call.refused("gives %d for a page's size; 0 is 4K, 1 is 2M".formatted(size));
        }
        return size == 0 ? Level.SIZE_4K : Level.SIZE_2M;
    }

    private static Geometry layout(ImportCall call) {
        Geometry geometry = call.geometry();
        return new Geometry(geometry.frames(), geometry.frames(), geometry.smallPerLarge());
    }
}
