package seal;

import org.ringfence.machine.operation.Guard;

/**
 * What the controller checks when a line is read. A case switches one off with {@code ablate}; {@code ringfence ablate}
 * tells what each is for.
 */
public enum SealGuard implements Guard {
    LOAD_TAG_MATCHES("the line's tag is what the controller's key makes of its contents and its counter"),
    LOAD_COUNTER_MATCHES("the counter stored with the line is the one that the controller keeps");

    private final String holds;

    SealGuard(String holds) {
        this.holds = holds;
    }

    @Override
    public Check check() {
        return new Check("a machine check: the reader stops for good", holds, "this sample", "");
    }
}
