/* An update of the VPN app against its tunnel, written by hand from the same table as the shipped model:
 * by default the sub-model of ten actions, with TABLE all fourteen, with TABLE and WHOLE also the state of
 * reconnecting and automatic updates that can be turned on again. A run that may stop is no step here.
 *
 * FORCE: Force all apps is on at the start. FETCH_FIRST: the platform fetches before it stops the tunnel.
 * MAY_FREEZE: replacing the app may freeze the network stack.
 */
mtype = { none, pending, underway, finished };   /* update */
mtype = { idle, running, blocked, fetched };     /* download */
mtype = { unwarned, delivered, seen };           /* note */

bool ian = FORCE, on_demand = true, automatic = true, up = true, reconnecting = false;
bool frozen = false, updated = false, consent = false;
mtype update = none, download = idle, note = unwarned;

inline reboot()
{
    frozen = false;
    up = false;
    reconnecting = false;
    download = idle;
    update = (update == underway -> pending : update)
}

active proctype device()
{
    do
    /* vendor */
    :: d_step { update == none && !updated -> update = pending }
    /* system */
    :: d_step {
        update == pending && !frozen && automatic ->
        update = underway;
        up = false;
        reconnecting = false;
        download = (FETCH_FIRST || !(ian && on_demand) -> running : blocked)
       }
    :: d_step { download == running -> download = fetched }
    :: d_step { update == underway && download == fetched && !frozen -> update = finished; updated = true }
    :: d_step {
        update == underway && ian && on_demand && !frozen && (download == blocked || MAY_FREEZE) ->
        frozen = true
       }
    :: d_step { on_demand && !up && !reconnecting && update != underway && !frozen -> up = true }
    /* user */
    :: d_step { up || reconnecting -> on_demand = false; up = false; reconnecting = false; consent = true }
    :: d_step { !up && !reconnecting && update != underway -> on_demand = true; up = true; consent = false }
#ifdef WHOLE
    :: d_step { up && ian -> ian = false; consent = true; up = false; reconnecting = true }
    :: d_step {
        updated && !ian ->
        ian = true;
        consent = consent || up;
        reconnecting = reconnecting || up;
        up = false
       }
    :: d_step { reconnecting -> reconnecting = false; up = true; consent = consent && !ian }
    :: d_step { !automatic -> automatic = true }
#else
    :: d_step { up && ian -> ian = false; consent = true }
#endif
#ifdef TABLE
    :: d_step { true -> reboot() }
    :: d_step { update == pending && up -> note = delivered }
    :: d_step { note == delivered -> note = seen }
    :: d_step { automatic -> automatic = false }
#ifndef WHOLE
    :: d_step { updated && !ian -> ian = true }
#endif
#else
    :: d_step { frozen -> reboot() }
#endif
    od
}
