import java.util.List;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.Range;

/**
 * A driver takes a buffer off a virtqueue's used ring, and answers it as a ping is answered: it sends back what it got.
 * The ring lies in memory that guest and host share. The device writes there how much it has put into the buffer
 * (virtio 1.2, 2.7.8), and can write there again at any time. The driver checks the length, and then reads it once more
 * to send so much. In C nobody need have written the second read: without READ_ONCE the compiler may.
 */
public final class UsedRing implements Routines {
    /** What the driver's buffer holds, and the longest length a device can write; in units that do not matter. */
    private static final int BUFFER = 2;
    private static final int LONGEST = 3;

    // ---- the routines

    /** The driver. Its component is its option in a case: {@code fetch-once: true}. */
    public record Answer(@Meaning("whether it reads the length once") boolean fetchOnce) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            int length = cpu.ask(new FetchLength());
            if (length > BUFFER) {
                return Done.DONE; // a device that lies: the buffer is dropped
            }
            int sent = fetchOnce ? length : cpu.ask(new FetchLength());
            return cpu.ask(new Send(sent));
        }
    }

    /** An honest device's: it uses one buffer. */
    public record Fill(@Meaning("the length that it writes") int length) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            return cpu.ask(new WriteLength(length));
        }
    }

    @Override
    public List<Registry.Entry> entries() {
        return List.of(
                Registry.Entry.of("used-ring-answer", new Answer(false), "takes a buffer off a used ring and sends it back")
                        .needing(RING),
                Registry.Entry.of("used-ring-fill", new Fill(1), "uses a buffer and writes its length")
                        .needing(RING));
    }

    /** The operations by name, so that scripts can ask them too. */
    @Override
    public List<Form> forms() {
        return List.of(
                Form.of("use buffer", Principal.HOST, WriteLength.class, Range.of(0, BUFFER, LONGEST)),
                Form.of("fetch length", Principal.GUEST, FetchLength.class),
                Form.of("send", Principal.GUEST, Send.class, Range.of(0, BUFFER, LONGEST)));
    }

    // ---- the part that they share, and what a host that is not trusted does with it

    /** One used element. A machine has it when a routine needs it, on whatever platform. */
    public record Ring(Bounded length) {}

    private static final Part RING = Part.of(
            Ring.class,
            (declaration, machine, cast) -> new Ring(declaration.single("used ring").bounded("length", LONGEST)),
            Adversary.malicious(Principal.HOST, (machine, cast) -> List.of(writesAnyLength(machine.part(Ring.class)))));

    private static NumberedFamily writesAnyLength(Ring ring) {
        return new NumberedFamily(
                Principal.HOST,
                LONGEST + 1,
                (state, length) -> {
                    ring.length().set(state, length);
                    return true;
                },
                WriteLength::new);
    }

    // ---- the operations on it: each is one step, between two of which everyone else may move

    /** The driver reads the length. */
    public record FetchLength() implements Operation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Number(LONGEST + 1);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Ring ring = machine.part(Ring.class);
            return state -> ring.length().get(state);
        }

        @Override
        public String mnemonic() {
            return "fetch length";
        }
    }

    /** The device, or a host in its place, uses the buffer: it writes the length. */
    public record WriteLength(int length) implements Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Ring ring = machine.part(Ring.class);
            return state -> {
                ring.length().set(state, length);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "use buffer";
        }
    }

    /**
     * The driver sends so much of its buffer, where the host sees it. What lies behind the buffer is a secret of the
     * guest's.
     */
    public record Send(int length) implements Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return state -> {
                state.observe(length <= BUFFER
                        ? Property.CONFIDENTIALITY.exercised()
                        : Property.CONFIDENTIALITY.broken());
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "send";
        }
    }
}
