package org.ringfence.stack.guest.uefi.event;

/**
 * Groups that events can be members of: whoever signals one signals all. Source: edk2,
 * MdePkg/Include/Guid/EventGroup.h, MdeModulePkg/Include/Guid/EventExitBootServiceFailed.h.
 */
public enum EventGroup {
    /** No group. */
    NONE(""),
    EXIT_BOOT_SERVICES("27abf055-b1b8-4c26-8048-748f37baa2df"),
    BEFORE_EXIT_BOOT_SERVICES("8be0e274-3970-4b44-80c5-1ab9502f3bfc"),
    /** edk2's own. */
    EXIT_BOOT_SERVICES_FAILED("4f6c5507-232f-4787-b95e-72f862490cb1"),
    VIRTUAL_ADDRESS_CHANGE("13fa7698-c831-49c7-87ea-8f43fcc25196"),
    MEMORY_MAP_CHANGE("78bee926-692f-48fd-9edb-01422ef0d7ab"),
    READY_TO_BOOT("7ce88fb3-4bd7-4679-87a8-a8d8dee50d2b");

    private final String guid;

    EventGroup(String guid) {
        this.guid = guid;
    }

    /** Its GUID. */
    public String guid() {
        return guid;
    }
}
