package org.ringfence.platform.life;

/** In which pages the host maps a guest's private memory. */
public enum BackingSize {
    /** In 2M pages where it can. */
    LARGE("2M"),
    /** In 4K pages only. */
    SMALL("4K");

    private final String printed;

    BackingSize(String printed) {
        this.printed = printed;
    }

    @Override
    public String toString() {
        return printed;
    }
}
