-- The dynamic kernels for every Lua: PUC Lua 5.4, LuaJIT and Luau run this one file.
--
--   lua5.4 kernels.lua REPETITIONS LABEL [NAME | NAME=INPUT]…
--
-- One row per kernel: LABEL, NAME, median seconds, least seconds (CPU time), result; tab-separated.
-- NAME=INPUT runs the kernel with another size of input than the usual one; no name runs them all.
local K = {}
local floor = math.floor
local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end
K.fib = function(n) return fib(n) end
K.loop = function(n) local x = 42; for i = 1, n do x = (x * 3877 + 29573) % 139968 end return x end
K.sieve = function(n)
  local f = {}
  for i = 1, n do f[i] = true end
  local c = 0
  for i = 2, n do
    if f[i] then c = c + 1; for j = i + i, n, i do f[j] = false end end
  end
  return c
end
K.nbody = function(n)
  local PI = 3.141592653589793; local SM = 4*PI*PI; local DP = 365.24
  local B = {
    {x=0,y=0,z=0,vx=0,vy=0,vz=0,m=SM},
    {x=4.84143144246472090,y=-1.16032004402742839,z=-0.103622044471123109,vx=0.00166007664274403694*DP,vy=0.00769901118419740425*DP,vz=-0.0000690460016972063023*DP,m=0.000954791938424326609*SM},
    {x=8.34336671824457987,y=4.12479856412430479,z=-0.403523417114321381,vx=-0.00276742510726411180*DP,vy=0.00499852801234917238*DP,vz=0.0000230417297573763929*DP,m=0.000285885980666130812*SM},
    {x=12.8943695621391310,y=-15.1111514016986312,z=-0.223307578892655734,vx=0.00296460137564761618*DP,vy=0.00237847173959480950*DP,vz=-0.0000296589568540237556*DP,m=0.0000436624404335156298*SM},
    {x=15.3796971148509165,y=-25.9193146099879641,z=0.179258772950371181,vx=0.00268067772490389322*DP,vy=0.00162824170038242295*DP,vz=-0.0000951592254519715870*DP,m=0.0000515138902046611451*SM},
  }
  local px,py,pz = 0,0,0
  for i=1,5 do local b=B[i]; px=px+b.vx*b.m; py=py+b.vy*b.m; pz=pz+b.vz*b.m end
  B[1].vx=-px/SM; B[1].vy=-py/SM; B[1].vz=-pz/SM
  local dt = 0.01
  local sqrt = math.sqrt
  for _=1,n do
    for i=1,5 do
      local a=B[i]
      for j=i+1,5 do
        local b=B[j]
        local dx,dy,dz=a.x-b.x,a.y-b.y,a.z-b.z
        local d2=dx*dx+dy*dy+dz*dz
        local mag=dt/(d2*sqrt(d2))
        a.vx=a.vx-dx*b.m*mag; a.vy=a.vy-dy*b.m*mag; a.vz=a.vz-dz*b.m*mag
        b.vx=b.vx+dx*a.m*mag; b.vy=b.vy+dy*a.m*mag; b.vz=b.vz+dz*a.m*mag
      end
    end
    for i=1,5 do local b=B[i]; b.x=b.x+dt*b.vx; b.y=b.y+dt*b.vy; b.z=b.z+dt*b.vz end
  end
  local e=0
  for i=1,5 do local b=B[i]; e=e+0.5*b.m*(b.vx*b.vx+b.vy*b.vy+b.vz*b.vz)
    for j=i+1,5 do local c=B[j]; local dx,dy,dz=b.x-c.x,b.y-c.y,b.z-c.z; e=e-b.m*c.m/sqrt(dx*dx+dy*dy+dz*dz) end end
  return floor(e*1e9)
end
local function A(i,j) local ij=i+j; return 1.0/(ij*(ij+1)/2+i+1) end
local function Av(x,y,n) for i=0,n-1 do local a=0; for j=0,n-1 do a=a+x[j+1]*A(i,j) end y[i+1]=a end end
local function Atv(x,y,n) for i=0,n-1 do local a=0; for j=0,n-1 do a=a+x[j+1]*A(j,i) end y[i+1]=a end end
K.spectral = function(n)
  local u,v,t={}, {}, {}
  for i=1,n do u[i]=1.0; v[i]=0.0; t[i]=0.0 end
  for i=1,10 do Av(u,t,n); Atv(t,v,n); Av(v,t,n); Atv(t,u,n) end
  local vBv,vv=0,0
  for i=1,n do vBv=vBv+u[i]*v[i]; vv=vv+v[i]*v[i] end
  return floor(math.sqrt(vBv/vv)*1e9)
end
K.mandel = function(n)
  local c=0
  for py=0,n-1 do
    local ci=2.0*py/n-1.0
    for px=0,n-1 do
      local cr=2.0*px/n-1.5
      local zr,zi=0.0,0.0
      local k=0
      while k<50 do
        local r2,i2=zr*zr,zi*zi
        if r2+i2>4.0 then break end
        zi=2.0*zr*zi+ci; zr=r2-i2+cr; k=k+1
      end
      c=c+k
    end
  end
  return c
end
local function bt(d) if d==0 then return {} end return {l=bt(d-1), r=bt(d-1)} end
local function chk(t) if t.l then return 1+chk(t.l)+chk(t.r) end return 1 end
K.bintree = function(n)
  local long=bt(n); local tot=0
  for d=4,n,2 do
    local it=2^(n-d+4); local s=0
    for i=1,it do s=s+chk(bt(d)) end
    tot=tot+s
  end
  return tot+chk(long)
end
K.strnaive = function(n) local s=""; for i=1,n do s=s.."abcde" end return #s end
K.strbuf = function(n) local t={}; for i=1,n do t[#t+1]="item "..i end return #table.concat(t,",") end
K.mapint = function(n)
  local m={}
  for i=1,n do m[(i*7919)%1000003]=i end
  local s=0
  for i=1,n do local v=m[i]; if v then s=s+v end end
  return s
end
K.mapstr = function(n)
  local m={}
  for i=1,n do m["k"..i]=i end
  local s=0
  for i=1,n do s=s+m["k"..i] end
  return s
end
local Sq={}; Sq.__index=Sq; function Sq:area() return self.a*self.a end
local Re={}; Re.__index=Re; function Re:area() return self.a*self.b end
local Tr={}; Tr.__index=Tr; function Tr:area() return self.a*self.b*0.5 end
K.dispatch = function(n)
  local o={}
  for i=0,29 do local k=i%3
    if k==0 then o[i]=setmetatable({a=i},Sq) elseif k==1 then o[i]=setmetatable({a=i,b=2},Re) else o[i]=setmetatable({a=i,b=4},Tr) end end
  local s=0
  local j=0
  for i=1,n do s=s+o[j]:area(); j=j+1; if j==30 then j=0 end end
  return s
end
local function adder(k) local c=k; return function(x) c=c+x; return c end end
K.closure = function(n)
  local s=0
  for i=1,n do local f=adder(i); f(1); s=(s+f(2))%1000003 end
  return s
end
K.fannkuch = function(n)
  local p,q,s={}, {}, {}
  local sign,maxf,sum=1,0,0
  for i=1,n do p[i]=i; q[i]=i; s[i]=i end
  while true do
    local q0=p[1]
    if q0~=1 then
      for i=2,n do q[i]=p[i] end
      local fl=1
      while true do
        local qq=q[q0]
        if qq==1 then sum=sum+sign*fl; if fl>maxf then maxf=fl end break end
        q[q0]=q0
        if q0>=4 then
          local i,j=2,q0-1
          repeat local t=q[i]; q[i]=q[j]; q[j]=t; i=i+1; j=j-1 until i>=j
        end
        q0=qq; fl=fl+1
      end
    end
    if sign==1 then
      local t=p[1]; p[1]=p[2]; p[2]=t; sign=-1
    else
      local t=p[2]; p[2]=p[3]; p[3]=t; sign=1
      for i=3,n do
        local sx=s[i]
        if sx~=1 then s[i]=sx-1; break end
        if i==n then return sum*100+maxf end
        s[i]=i
        t=p[1]; for j=1,i do p[j]=p[j+1] end; p[i+1]=t
      end
    end
  end
end
K.gen = function(n)
  local co=coroutine.wrap(function() for i=1,n do coroutine.yield(i) end return 0 end)
  local s=0
  for i=1,n do s=s+co() end
  return s
end
local function deepr(d,n) if d==0 then local s=0; for i=1,n do s=s+coroutine.yield(i) end return s end return deepr(d-1,n)+0 end
K.deep = function(n)
  local co=coroutine.create(function() return deepr(1000,n) end)
  local ok,v=coroutine.resume(co)
  for i=1,n do ok,v=coroutine.resume(co,v*2) end
  return v
end
K.spawn = function(n)
  local t={}
  for i=1,n do t[i]=coroutine.create(function(a) local b=coroutine.yield(a+1); return a+b end) end
  local s=0
  for i=1,n do local _,v=coroutine.resume(t[i],i); s=s+v end
  for i=1,n do local _,v=coroutine.resume(t[i],1); s=s+v end
  return s
end
K.contains = function(n)
  local L={"2026-01-01 INFO service started ok in 12ms","2026-01-01 ERROR disk sda1 is full","2026-01-01 DEBUG cache miss for key 8812","2026-01-01 INFO request GET /index.html 200"}
  local c=0
  for i=1,n do if string.find(L[i%4+1],"ERROR",1,true) then c=c+1 end end
  return c
end
local ORDER={"fib","loop","sieve","nbody","spectral","mandel","bintree","strnaive","strbuf","mapint","mapstr","dispatch","closure","fannkuch","gen","deep","spawn","contains"}
local ARG={fib=35,loop=30000000,sieve=2000000,nbody=200000,spectral=300,mandel=500,bintree=14,strnaive=20000,strbuf=300000,mapint=1000000,mapstr=200000,dispatch=3000000,closure=3000000,fannkuch=9,gen=1000000,deep=100000,spawn=100000,contains=1000000}
local given = {...}
local reps = tonumber(given[1]) or 3
local label = given[2] or "lua"
local function run(name, input)
  local ts = {}; local r
  for k = 1, reps do
    collectgarbage("collect")
    local t0 = os.clock(); r = K[name](input); ts[#ts+1] = os.clock() - t0
  end
  table.sort(ts)
  print(string.format("%s\t%s\t%.6f\t%.6f\t%s", label, name, ts[floor(#ts/2)+1], ts[1], string.format("%.0f", r)))
end
if given[3] then
  for i = 3, #given do
    local name, input = string.match(given[i], "^(%a+)=?(%d*)$")
    if not K[name] then error("no such kernel: " .. given[i]) end
    run(name, tonumber(input) or ARG[name])
  end
else
  for _, name in ipairs(ORDER) do run(name, ARG[name]) end
end
