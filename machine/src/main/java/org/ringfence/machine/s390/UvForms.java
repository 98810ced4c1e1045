package org.ringfence.machine.s390;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Range;

/** The operations on a machine with an Ultravisor as text, and where random runs draw their arguments from. */
public final class UvForms {
    private static final int OFTEN = 8;

    private UvForms() {}

    /** All of them. */
    public static List<Form> all() {
        Range frames = Range.frames();
        Range pages = Range.pages();
        return List.of(
                Form.of("CONV_TO_SEC_STOR", Principal.HOST, UvCall.Import.class, pages).times(OFTEN),
                Form.of("Ultravisor call", Principal.HOST, UvCall.OnFrame.class, Range.every(UvCall.OfFrame.class),
                        frames)
                        .namedBy("call")
                        .times(OFTEN),
                Form.of("uv_destroy", Principal.HOST, UvCall.DestroyPage.class, frames),
                Form.of("arch_make_folio_accessible", Principal.HOST, UvCall.MakeAccessible.class, frames,
                        Range.either()),
                Form.of("SIE", Principal.HOST, UvCall.Sie.class,
                        machine -> IntStream.range(0, machine.part(Ultravisor.class).cpus().actors() - 1)
                                .boxed()
                                .toList())
                        .times(4 * OFTEN),
                Form.of("access to a line", Principal.HOST, OnLine.class,
                        Range.of(LineInstruction.LOAD, LineInstruction.STORE),
                        frames, Range.of(0), Range.of(0), Range.of(Value.HOST), Range.of(0))
                        .namedBy("instruction")
                        .knownTo(Principal.VMM)
                        .times(OFTEN),
                Form.of("shared access", Principal.GUEST, SharedAccess.class, Range.every(SharedAccess.Call.class),
                        pages)
                        .namedBy("call")
                        .times(2 * OFTEN),
                Form.of("note", Principal.GUEST, Note.class, Range.every(Note.Kind.class), pages).times(2 * OFTEN),
                Form.of("load", Principal.GUEST, Load.class, pages, Range.every(Mapping.class)).times(2 * OFTEN),
                Form.of("store", Principal.GUEST, Store.class, pages, Range.every(Mapping.class),
                        Range.of(Value.ZERO, Value.HOST, Value.DATA, Value.NEWER))
                        .times(4 * OFTEN),
                Form.told("await secure fault", AwaitSecureFault.class, Principal.HOST));
    }
}
