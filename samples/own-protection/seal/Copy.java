package seal;

import org.ringfence.machine.memory.Value;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.Table;

/** What someone on the bus has copied: a frame's ciphertext, and the counter and the tag beside it. */
record Copy(FrameRef of, Enumerated<Value> contents, Bounded stored, Flag sealed) {
    static Copy declare(Declaration declaration) {
        Table table = declaration.single("copy");
        return new Copy(
                table.frame("of"),
                table.enumerated("contents", Value.class),
                table.bounded("counter", Seal.LAST),
                table.flag("sealed"));
    }
}
